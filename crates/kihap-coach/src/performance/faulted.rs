//! Acts with faults put into them.

use kihap_syllabus::{Side, Syllabus};

use super::act::{Act, Move, Turn};
use super::fault::Fault;

/// The acts with all faults. Where a fault names a step that is not there, or a technique the syllabus has not, nothing
/// changes.
pub(super) fn with_faults<'a>(mut acts: Vec<Act<'a>>, faults: &[Fault], syllabus: &'a Syllabus) -> Vec<Act<'a>> {
    for (nth, fault) in faults.iter().enumerate() {
        put_in(&mut acts, nth, fault, syllabus);
    }
    if faults.contains(&Fault::Mirrored) {
        acts = acts.into_iter().map(Act::mirrored).collect();
    }
    acts
}

fn put_in<'a>(acts: &mut Vec<Act<'a>>, nth: usize, fault: &Fault, syllabus: &'a Syllabus) {
    let position = |acts: &[Act<'_>], step: u32| acts.iter().position(|act| act.step == Some(step));
    let Some(step) = fault.step() else {
        if let Fault::Tempo { factor, .. } = fault {
            acts.iter_mut().for_each(|act| act.tempo *= factor);
        }
        return;
    };
    let Some(at) = position(acts, step) else { return };
    match fault {
        Fault::Skipped { .. } => {
            acts.remove(at);
            // The turn that is left out is made up for with the next step.
            if let Some(next) = acts.get_mut(at) {
                next.turn = Turn::Nearest(0.0);
            }
        }
        Fault::Repeated { .. } => {
            let again = Act { turn: Turn::Nearest(0.0), fault: Some(nth), ..acts[at].clone() };
            acts.insert(at + 1, again);
        }
        Fault::Swapped { .. } if at + 1 < acts.len() => {
            acts.swap(at, at + 1);
            for act in acts.iter_mut().skip(at).take(3) {
                act.turn = Turn::Nearest(0.0);
            }
            acts[at].fault = Some(nth);
            acts[at + 1].fault = Some(nth);
        }
        Fault::WrongTechnique { technique, .. } => {
            let Some(technique) = syllabus.technique(technique) else { return };
            let act = &mut acts[at];
            if let Some(last) = act.moves.last_mut() {
                let side = last.side.or(act.lead).unwrap_or(Side::Right);
                *last = Move { gaze_deg: last.gaze_deg, ..Move::new(technique, Some(side)) };
                act.fault = Some(nth);
            }
        }
        Fault::WrongSide { .. } => {
            for one in &mut acts[at].moves {
                one.side = one.side.map(Side::other);
            }
            acts[at].fault = Some(nth);
        }
        Fault::Added { technique, side, .. } => {
            let Some(technique) = syllabus.technique(technique) else { return };
            let added = Act {
                step: None,
                turn: Turn::Nearest(0.0),
                moves: vec![Move::new(technique, Some(*side))],
                via: None,
                slow: false,
                kihap: false,
                fault: Some(nth),
                ..acts[at].clone()
            };
            acts.insert(at + 1, added);
        }
        Fault::WrongStance { stance, .. } => {
            let Some(stance) = syllabus.technique(stance) else { return };
            acts[at].stance = Some(stance);
            acts[at].fault = Some(nth);
        }
        Fault::Tempo { factor, .. } => {
            acts[at].tempo *= factor;
            acts[at].fault = Some(nth);
        }
        Fault::Posture { breach, .. } => {
            if let Some(last) = acts[at].moves.last_mut() {
                last.fixed = Some((breach.measure, breach.value));
                acts[at].fault = Some(nth);
            }
        }
        Fault::Swapped { .. } | Fault::Mirrored => {}
    }
}
