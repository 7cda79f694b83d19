//! Which mistakes the broken bounds are, and what they cost.

use kihap_syllabus::{Kind, Limb, Measure, Quantity, Technique};

use super::common_faults::{Way, another_shown, matching};
use super::judgement::Judge;
use super::sight::Sight;
use super::stance_shown::shown_instead;
use super::verdict::{BoundVerdict, Fault, Verdict, Verdicts};

/// A wrist farther off than this is at another height altogether (low, trunk, face), trunk lengths.
const ANOTHER_LEVEL: f64 = 0.5;

impl Judge<'_> {
    /// Puts the faults of technique and stance, and what they cost together, into the verdicts.
    pub(super) fn find_faults(
        &self,
        technique: &Technique,
        stance: Option<&Technique>,
        sight: &Sight<'_>,
        verdicts: &mut Verdicts,
    ) {
        let minor = self.syllabus.scoring().wt_poomsae.accuracy.minor.deduction;
        let major = self.syllabus.scoring().wt_poomsae.accuracy.major.deduction;
        let mut faults: Vec<Fault> = Vec::new();
        for owner in [Some(technique), stance].into_iter().flatten() {
            let own: Vec<BoundVerdict> = verdicts.bounds.iter().filter(|b| b.technique == owner.id).cloned().collect();
            let mut found: Vec<Fault> =
                own.iter().filter_map(|bound| self.fault_of(owner, bound, minor, major)).collect();
            found.sort_by(|a, b| worse(b).total_cmp(&worse(a)));
            // Several bounds that are one mistake count once, by the worst.
            let mut told: Vec<String> = Vec::new();
            found.retain(|fault| match &fault.common_fault {
                Some(sentence) if told.contains(sentence) => false,
                Some(sentence) => {
                    told.push(sentence.clone());
                    true
                }
                None => true,
            });
            if owner.kind == Kind::Stance {
                let other = shown_instead(self.syllabus, owner, &own, |stance| self.as_stance(stance, sight));
                if let (Some(other), Some(mut gross)) = (other, found.first().cloned()) {
                    gross.deduction = major;
                    gross.common_fault = another_shown(owner).map(|fault| fault.fault.clone());
                    gross.shown_instead = Some(other);
                    found = vec![gross];
                }
            }
            faults.extend(found);
        }
        verdicts.deduction =
            (faults.iter().map(|fault| fault.deduction).fold(0.0, |sum, one| sum + one) * 10.0).round() / 10.0;
        verdicts.faults = faults;
    }

    fn fault_of(&self, owner: &Technique, bound: &BoundVerdict, minor: f64, major: f64) -> Option<Fault> {
        let way = match bound.verdict {
            Verdict::Below => Way::Below,
            Verdict::Above => Way::Above,
            _ => return None,
        };
        let level = Measure { limb: Limb::Acting, quantity: Quantity::WristHeight };
        let doubt = self.doubt.sure * bound.uncertainty.unwrap_or(f64::INFINITY);
        if bound.measure == level && bound.beyond() > ANOTHER_LEVEL + doubt {
            let sentence = another_shown(owner).map(|fault| fault.fault.clone());
            return Fault::of(bound, owner, major, sentence);
        }
        let common = matching(owner, bound.measure, way);
        let deduction = common.map_or(minor, |fault| fault.deduction);
        Fault::of(bound, owner, deduction, common.map(|fault| fault.fault.clone()))
    }
}

fn worse(fault: &Fault) -> f64 {
    let beyond = (fault.min - fault.value).max(fault.value - fault.max);
    fault.deduction * 100.0 + beyond / (fault.max - fault.min).max(1e-3)
}
