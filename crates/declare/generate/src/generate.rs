//! [`generate`].

use std::collections::BTreeSet;

use bowline_base_value::Value;
use bowline_core_crd::{Application, ApplicationSet, ApplicationSetNestedGenerator, LabelSelector};
use serde_json::Value as Json;

use crate::fill::Filler;
use crate::generator::{DEPTH, Kind};
use crate::values::flat;
use crate::{
    GenerateError, Host, Params, Repository, Supplied, clusters, git, list, matrix, merge, selector, template,
};

/// Sets of parameters that one ApplicationSet may make, on all levels together.
const SETS: usize = 50_000;

/// What came of it.
#[derive(Debug)]
pub enum Outcome {
    /// These are needed first; more may be asked for when they are there.
    Needs(BTreeSet<Repository>),
    /// What was made.
    Made {
        /// The applications, in the order of the generators.
        applications: Vec<Application>,
        /// What could not be made. While there is something, nobody knows which applications should be gone.
        errors: Vec<GenerateError>,
    },
}

/// One pass over the generators.
pub(crate) struct Generating<'s, 'h> {
    pub(crate) filler: Filler<'h>,
    supplied: &'s Supplied,
    needs: BTreeSet<Repository>,
    sets: usize,
}

/// The applications that `set` makes of what is `supplied`. `host` gives templates the time and random values.
pub fn generate(set: &ApplicationSet, supplied: &Supplied, host: &mut dyn Host) -> Outcome {
    let filler = match Filler::new(&set.spec, host) {
        Ok(filler) => filler,
        Err(error) => return Outcome::Made { applications: Vec::new(), errors: vec![error] },
    };
    let mut run = Generating { filler, supplied, needs: BTreeSet::new(), sets: 0 };
    let (mut applications, mut errors) = (Vec::new(), Vec::new());
    for (i, entry) in set.spec.generators.iter().enumerate() {
        let place = (i + 1).to_string();
        let kinds = Kind::of(entry);
        if kinds.is_empty() {
            errors.push(GenerateError::generator(&place, "names no generator that is known here"));
        }
        for kind in kinds {
            let made = run.top(&place, &kind, entry.selector.as_deref(), set);
            match made {
                Ok((made, wrong)) => {
                    applications.extend(made);
                    errors.extend(wrong);
                }
                Err(error) => errors.push(error),
            }
        }
    }
    if !run.needs.is_empty() {
        return Outcome::Needs(run.needs);
    }
    let mut names = BTreeSet::new();
    let twice: BTreeSet<&str> = applications
        .iter()
        .map(|app: &Application| app.metadata.name.as_str())
        .filter(|name| !names.insert(*name))
        .collect();
    errors.extend(twice.into_iter().map(|name| GenerateError::SameName { name: name.to_string() }));
    Outcome::Made { applications, errors }
}

// === impl Generating ===

impl Generating<'_, '_> {
    /// The applications of one generator, and what became of none.
    fn top(
        &mut self,
        place: &str,
        kind: &Kind,
        wanted: Option<&LabelSelector>,
        set: &ApplicationSet,
    ) -> Result<(Vec<Application>, Vec<GenerateError>), GenerateError> {
        let template = template::merged(&kind.template(), &set.spec.template)?;
        let (mut made, mut wrong) = (Vec::new(), Vec::new());
        for params in self.params(place, 1, kind, wanted)? {
            match template::application(&template, set, &params, &mut self.filler) {
                Ok(app) => made.push(app),
                Err(error) => wrong.push(error),
            }
        }
        Ok((made, wrong))
    }

    /// The sets of a generator inside another one, which may use what is `known`.
    pub(crate) fn nested(
        &mut self,
        place: &str,
        depth: usize,
        entry: &ApplicationSetNestedGenerator,
        known: &Params,
    ) -> Result<Vec<Params>, GenerateError> {
        let wrong = |reason: String| GenerateError::generator(place, reason);
        let entry = if known.is_empty() { entry.clone() } else { self.filled(entry, known).map_err(wrong)? };
        match &Kind::of_nested(&entry).map_err(wrong)?[..] {
            [kind] => self.params(place, depth + 1, kind, entry.selector.as_deref()),
            [] => Err(wrong("names no generator that is known here".to_string())),
            several => {
                let words: Vec<&str> = several.iter().map(Kind::word).collect();
                Err(wrong(format!("takes one generator, names {}", words.join(", "))))
            }
        }
    }

    /// The generator with its texts filled in. Its template counts for nothing and is left out: it is not about these parameters.
    fn filled(
        &mut self,
        entry: &ApplicationSetNestedGenerator,
        known: &Params,
    ) -> Result<ApplicationSetNestedGenerator, String> {
        let mut value = serde_json::to_value(entry).map(Value::from).map_err(|error| error.to_string())?;
        if let Some(kinds) = value.as_object_mut() {
            for (_, kind) in kinds.iter_mut() {
                kind.as_object_mut().map(|kind| kind.remove("template"));
            }
        }
        let filled = self.filler.value(&value, known)?;
        serde_json::from_value(Json::from(&filled)).map_err(|error| error.to_string())
    }

    fn params(
        &mut self,
        place: &str,
        depth: usize,
        kind: &Kind,
        wanted: Option<&LabelSelector>,
    ) -> Result<Vec<Params>, GenerateError> {
        let place = format!("{place} ({})", kind.word());
        let wrong = |reason: String| GenerateError::generator(&place, reason);
        if depth > DEPTH && matches!(kind, Kind::Matrix(_) | Kind::Merge(_)) {
            return Err(wrong("matrix and merge generators may be nested once".to_string()));
        }
        let sets = match kind {
            Kind::List(list) => list::params(list, &self.filler).map_err(wrong)?,
            Kind::Clusters(clusters) => clusters::params(clusters, self.supplied, &mut self.filler).map_err(wrong)?,
            Kind::Git(git) => {
                let repository = Repository { url: git.repo_url.clone(), revision: git.revision.clone() };
                match self.supplied.trees.get(&repository) {
                    Some(Ok(tree)) => git::params(git, tree, &mut self.filler).map_err(wrong)?,
                    Some(Err(reason)) => return Err(wrong(format!("{}: {reason}", repository.url))),
                    None => {
                        self.needs.insert(repository);
                        Vec::new()
                    }
                }
            }
            Kind::Matrix(matrix) => matrix::params(self, &place, depth, &matrix.generators)?,
            Kind::Merge(merge) => merge::params(self, &place, depth, &merge.generators, &merge.merge_keys)?,
            Kind::Other(word) => {
                return Err(wrong(format!(
                    "{word} generators are not carried out by this version; list, clusters, git, matrix and merge are"
                )));
            }
        };
        let mut kept = Vec::with_capacity(sets.len());
        for set in sets {
            self.count(&place)?;
            let is_wanted = match wanted {
                Some(wanted) => selector::matches(wanted, &flat(&set)).map_err(wrong)?,
                None => true,
            };
            if is_wanted {
                kept.push(set);
            }
        }
        Ok(kept)
    }

    /// Counts a set of parameters.
    pub(crate) fn count(&mut self, place: &str) -> Result<(), GenerateError> {
        self.sets += 1;
        if self.sets > SETS {
            return Err(GenerateError::generator(place, format!("there are more than {SETS} sets of parameters")));
        }
        Ok(())
    }
}
