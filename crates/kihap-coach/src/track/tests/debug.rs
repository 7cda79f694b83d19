use super::synthetic::{self, Studio};
use super::*;
use crate::track::bank::Bank;
use crate::track::decoder::Lattice;
use crate::track::evidence::{Lexicon, Witness};

#[test]
fn debug_path() {
    let dojang = Dojang::new();
    let studio = Studio::new(&dojang.syllabus, &dojang.vocabulary);
    let plan = dojang.plan("taegeuk_1");
    let mut acts = synthetic::acts(&plan);
    let at = acts.iter().position(|a| a.step == Some(4)).unwrap();
    let again = acts[at].clone();
    acts.insert(at, again);
    let filming = Filming::default();
    let (readings, truths) = studio.film(&acts, &filming, 5);
    for t in &truths { eprintln!("{t:?}"); }
    let lexicon = Lexicon::new(&dojang.syllabus, &dojang.vocabulary, &plan);
    let lattice = Lattice::new(&plan, &lexicon);
    let mut witness = Witness::new(lexicon.clone());
    let options = Options::default();
    let mut bank = Bank::new(&lattice, &options);
    let frames: Vec<_> = readings.iter().map(|r| { let e = witness.see(r); bank.step(&lattice, &lexicon, &e); e }).collect();
    let x = bank.explain(&lattice, &lexicon, &plan, &frames, &options);
    for (f, s) in frames.iter().zip(&x.path).filter(|(f, _)| f.seconds > 5.0 && f.seconds < 10.5) {
        let (phase, index) = lattice.read(*s);
        let own = f.techniques[0][lexicon.technique_of[index.min(plan.moves.len()-1)]];
        eprintln!("{:.2} mv {:.2} still {:.2} looks {:.2} {:?} {} own {:.2} top {:?} best {:?} h {:?}", f.seconds, f.motion.moving, f.motion.still_for, f.looks, phase, index, own, f.top, f.best, f.heading);
    }
}
