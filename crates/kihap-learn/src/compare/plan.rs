//! What a comparison is to train.

use serde::{Deserialize, Serialize};

use super::{error::CompareError, run::RunKey};

/// One row of a comparison: a network with its input.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Contestant {
    /// What the row is called, unlike all others: "mobilenet-v2 overlay", say.
    pub name: String,
    /// The network's name in the zoo.
    pub model: String,
    /// What it sees: "photo", "overlay", "skeleton", "landmarks", "sequence".
    pub input: String,
}

/// All trainings of a comparison: every contestant on every fold with every seed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    contestants: Vec<Contestant>,
    folds: usize,
    seeds: Vec<u64>,
}

impl Plan {
    /// A plan of so many folds, numbered from 0 and the same for all.
    ///
    /// # Errors
    /// Nobody to compare, no fold, no seed, or two of one name or seed.
    pub fn new(contestants: Vec<Contestant>, folds: usize, seeds: Vec<u64>) -> Result<Plan, CompareError> {
        if contestants.is_empty() {
            return Err(CompareError::Nothing { what: "network" });
        }
        if folds == 0 {
            return Err(CompareError::Nothing { what: "fold" });
        }
        if seeds.is_empty() {
            return Err(CompareError::Nothing { what: "seed" });
        }
        for (index, contestant) in contestants.iter().enumerate() {
            if contestants[..index].iter().any(|other| other.name == contestant.name) {
                return Err(CompareError::Twice { what: format!("\"{}\"", contestant.name) });
            }
        }
        for (index, seed) in seeds.iter().enumerate() {
            if seeds[..index].contains(seed) {
                return Err(CompareError::Twice { what: format!("the seed {seed}") });
            }
        }
        Ok(Plan { contestants, folds, seeds })
    }

    /// Who is compared, in the order given.
    pub fn contestants(&self) -> &[Contestant] {
        &self.contestants
    }

    /// Number of folds.
    pub fn folds(&self) -> usize {
        self.folds
    }

    /// The seeds, in the order given.
    pub fn seeds(&self) -> &[u64] {
        &self.seeds
    }

    /// Every run. The first seed of all networks comes before the second of any, so that a comparison stopped early says
    /// something about all of them.
    pub fn keys(&self) -> impl Iterator<Item = RunKey> + '_ {
        let of_seed = move |seed: &'_ u64| {
            let seed = *seed;
            let runs = self.contestants.iter().flat_map(move |who| (0..self.folds).map(move |fold| (who, fold)));
            runs.map(move |(who, fold)| RunKey { contestant: who.clone(), fold, seed })
        };
        self.seeds.iter().flat_map(of_seed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(name: &str) -> Contestant {
        Contestant { name: name.into(), model: name.into(), input: "photo".into() }
    }

    #[test]
    fn all_networks_have_their_first_seed_before_any_has_its_second() {
        let plan = Plan::new(vec![named("a"), named("b")], 2, vec![7, 3]).unwrap();
        let told: Vec<String> = plan.keys().map(|k| format!("{}{}-{}", k.contestant.name, k.fold, k.seed)).collect();
        assert_eq!(told, ["a0-7", "a1-7", "b0-7", "b1-7", "a0-3", "a1-3", "b0-3", "b1-3"]);
    }

    #[test]
    fn empty_and_doubled_plans_are_refused() {
        let refused = |who: Vec<Contestant>, folds, seeds| Plan::new(who, folds, seeds).unwrap_err().to_string();
        assert!(refused(vec![], 2, vec![1]).contains("no network"));
        assert!(refused(vec![named("a")], 0, vec![1]).contains("no fold"));
        assert!(refused(vec![named("a")], 2, vec![]).contains("no seed"));
        assert!(refused(vec![named("a"), named("a")], 2, vec![1]).contains("\"a\" is listed twice"));
        assert!(refused(vec![named("a")], 2, vec![1, 1]).contains("the seed 1 is listed twice"));
    }
}
