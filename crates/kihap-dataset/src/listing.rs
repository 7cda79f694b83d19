//! Looking into the record without reading all of it: pages of samples and counts.

use std::collections::BTreeMap;

use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

use crate::dataset::Dataset;
use crate::error::Result;
use crate::manifest::Manifest;
use crate::sample::{Filter, Sample, SampleId, Standing};

/// Which samples of those that a filter admits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Slice {
    /// How many to pass over.
    pub offset: usize,
    /// How many to give at most.
    pub limit: usize,
    /// Those taken in last come first.
    pub newest_first: bool,
}

/// Part of what a filter admits.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// How many samples the filter admits in all.
    pub total: usize,
    /// Those of the slice.
    pub samples: Vec<Sample>,
}

/// How many samples a class has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Standings {
    /// In use.
    pub in_use: usize,
    /// Set aside.
    pub set_aside: usize,
}

/// What a dataset holds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tally {
    /// Samples by class; classes without samples are not listed.
    pub classes: BTreeMap<String, Standings>,
    /// Persons named, in order.
    pub persons: Vec<String>,
    /// Sessions named, in order.
    pub sessions: Vec<String>,
}

impl Dataset {
    /// A page of the samples that `filter` admits, in the order they were taken in or the other way round.
    pub fn page(&self, filter: &Filter, slice: Slice) -> Result<Page> {
        let (conditions, values) = conditions(filter);
        let order = if slice.newest_first { "DESC" } else { "ASC" };
        let tail = format!("WHERE {conditions} ORDER BY id {order} LIMIT {} OFFSET {}", slice.limit, slice.offset);
        let samples = self.store.chosen(&tail, &values)?;
        let count = format!("SELECT COUNT(*) FROM samples WHERE {conditions}");
        let total: i64 =
            self.store.ask(|c| c.prepare_cached(&count)?.query_row(params_from_iter(&values), |r| r.get(0)))?;
        Ok(Page { total: usize::try_from(total).unwrap_or(0), samples })
    }

    /// Those of these samples that there are, in the order asked for.
    pub fn samples_by_id(&self, ids: &[SampleId]) -> Result<Vec<Sample>> {
        let list = ids.iter().map(|id| id.0.to_string()).collect::<Vec<_>>().join(",");
        let found = self.store.chosen(&format!("WHERE id IN ({list})"), &[])?;
        let mut by_id: BTreeMap<SampleId, Sample> = found.into_iter().map(|s| (s.id, s)).collect();
        Ok(ids.iter().filter_map(|id| by_id.remove(id)).collect())
    }

    /// The sample whose picture is `file`, relative to the dataset.
    pub fn sample_by_file(&self, file: &str) -> Result<Option<Sample>> {
        Ok(self.store.chosen("WHERE file = ?1", &[Value::Text(file.to_owned())])?.pop())
    }

    /// Counts and names of everything there is.
    pub fn tally(&self) -> Result<Tally> {
        let list = |c: &Connection, column: &str| -> rusqlite::Result<Vec<String>> {
            let sql = format!("SELECT DISTINCT {column} FROM samples WHERE {column} IS NOT NULL ORDER BY {column}");
            c.prepare_cached(&sql)?.query_map([], |row| row.get(0))?.collect()
        };
        self.store.ask(|c| {
            let sql = "SELECT class, COUNT(*), COUNT(set_aside_at) FROM samples GROUP BY class";
            let mut statement = c.prepare_cached(sql)?;
            let rows = statement.query_map([], |row| {
                let number = |at| row.get::<_, i64>(at).map(|n| usize::try_from(n).unwrap_or(0));
                let (all, set_aside) = (number(1)?, number(2)?);
                Ok((row.get(0)?, Standings { in_use: all - set_aside, set_aside }))
            })?;
            let classes = rows.collect::<rusqlite::Result<_>>()?;
            Ok(Tally { classes, persons: list(c, "person")?, sessions: list(c, "session")? })
        })
    }

    /// Reads `kihap.toml` anew: another program, or another opening in this one, may have added classes.
    pub fn refresh(&mut self) -> Result<()> {
        self.manifest = Manifest::read(&self.root)?;
        Ok(())
    }
}

/// `filter` as SQL, with the values for its question marks.
fn conditions(filter: &Filter) -> (String, Vec<Value>) {
    let mut all = vec!["1".to_owned()];
    let mut values = Vec::new();
    match filter.standing {
        Standing::InUse => all.push("set_aside_at IS NULL".to_owned()),
        Standing::SetAside => all.push("set_aside_at IS NOT NULL".to_owned()),
        Standing::Any => {}
    }
    for (column, wanted) in [
        ("class", &filter.classes),
        ("person", &filter.persons),
        ("session", &filter.sessions),
        ("view", &filter.views),
    ] {
        let Some(wanted) = wanted else { continue };
        all.push(format!("{column} IN ({})", vec!["?"; wanted.len()].join(",")));
        values.extend(wanted.iter().cloned().map(Value::Text));
    }
    if let Some(part) = filter.split {
        all.push("split = ?".to_owned());
        values.push(Value::Text(part.name().to_owned()));
    }
    (all.join(" AND "), values)
}
