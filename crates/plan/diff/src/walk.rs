//! The walk over a live object and the one that would come of applying, side by side with who owns what.

use bowline_base_value::{Map, Str, Value};
use bowline_plan_merge::{Entry, FieldSet, Owned};

use crate::{Cause, Difference, Holder, Path, Step};

/// Everything that decides whether a differing field counts.
pub(crate) struct Walk<'a> {
    /// What we would own after the apply.
    pub would_own: &'a FieldSet,
    /// What we own now.
    pub owned: &'a FieldSet,
    /// What a client-side apply wrote and we would take over.
    pub adopted: &'a FieldSet,
    /// What others own now.
    pub held_by_others: &'a FieldSet,
    /// What managers own now whose values are not compared.
    pub trusted: &'a FieldSet,
    /// What anyone owns, now or after: it tells how lists are merged.
    pub all: &'a FieldSet,
    /// The live entries, for the causes.
    pub entries: &'a [Entry],
    /// Whether an entry is ours.
    pub is_ours: &'a dyn Fn(&Entry) -> bool,
    /// See [`crate::Rules::include_webhooks`].
    pub include_webhooks: bool,
    /// See [`crate::Pair::Both`].
    pub git_changed: Option<bool>,
}

/// The place of the walk in each of the sets.
#[derive(Clone, Copy)]
struct At<'a> {
    would_own: Owned<'a>,
    owned: Owned<'a>,
    adopted: Owned<'a>,
    held_by_others: Owned<'a>,
    trusted: Owned<'a>,
    all: Owned<'a>,
}

impl<'a> At<'a> {
    fn step(self, step: impl Fn(Owned<'a>) -> Owned<'a>) -> At<'a> {
        // Where others divide a map, one who owns it as a leaf has applied it empty, and owns nothing of what is in it.
        let is_leaf = |owned: &Owned<'a>| owned.node().is_some_and(|node| node.children().next().is_none());
        let divided = self.all.node().is_some_and(|node| node.children().next().is_some());
        let step = |owned: Owned<'a>| if divided && is_leaf(&owned) { Owned::NONE } else { step(owned) };
        At {
            would_own: step(self.would_own),
            owned: step(self.owned),
            adopted: step(self.adopted),
            held_by_others: step(self.held_by_others),
            trusted: step(self.trusted),
            all: step(self.all),
        }
    }
}

// === impl Walk ===

impl<'a> Walk<'a> {
    /// The fields that differ and count.
    pub fn run(&self, live: &Value, predicted: &Value) -> Vec<Difference> {
        let at = At {
            would_own: self.would_own.root(),
            owned: self.owned.root(),
            adopted: self.adopted.root(),
            held_by_others: self.held_by_others.root(),
            trusted: self.trusted.root(),
            all: self.all.root(),
        };
        let mut out = Vec::new();
        self.value(&Path::default(), at, Some(live), Some(predicted), &mut out);
        out
    }

    fn value(
        &self,
        path: &Path,
        at: At<'a>,
        live: Option<&Value>,
        predicted: Option<&Value>,
        out: &mut Vec<Difference>,
    ) {
        // The API drops nulls where a field is not nullable, and keeps none that says more than absence.
        let live = live.filter(|v| !v.is_null());
        let predicted = predicted.filter(|v| !v.is_null());
        match (live, predicted) {
            (None, None) => {}
            (Some(Value::Object(live)), Some(Value::Object(predicted))) => {
                self.fields(path, at, live, predicted, out);
            }
            // What comes or goes whole is told field by field where it is a map, so that each has its own owner.
            (Some(Value::Object(live)), None) if self.is_divided(at) => {
                self.adopt_or_remove(path, at, live, out);
            }
            (Some(Value::Array(live)), Some(Value::Array(predicted))) => self.items(path, at, live, predicted, out),
            (Some(live), Some(predicted)) if live == predicted => self.unchanged(path, at, live, out),
            (live, predicted) => self.differs(path, at, live, predicted, out),
        }
    }

    /// Whether the owners divide what is below.
    fn is_divided(&self, at: At<'a>) -> bool {
        at.all.node().is_some_and(|node| node.children().next().is_some())
    }

    fn fields(&self, path: &Path, at: At<'a>, live: &Map, predicted: &Map, out: &mut Vec<Difference>) {
        let added = predicted.keys().filter(|key| !live.contains_key(key));
        let mut names: Vec<&Str> = live.keys().chain(added).collect();
        names.sort();
        for name in names {
            let at = at.step(|owned| owned.field(name));
            self.value(&path.field(name), at, live.get(name), predicted.get(name), out);
        }
    }

    fn adopt_or_remove(&self, path: &Path, at: At<'a>, live: &Map, out: &mut Vec<Difference>) {
        if live.is_empty() {
            return self.differs(path, at, Some(&Value::object()), None, out);
        }
        self.fields(path, at, live, &Map::new(), out);
    }

    fn items(&self, path: &Path, at: At<'a>, live: &[Value], predicted: &[Value], out: &mut Vec<Difference>) {
        let node = at.all.node();
        if let Some(keys) = node.and_then(FieldSet::list_keys) {
            return self.keyed_items(path, at, &keys, live, predicted, out);
        }
        if node.is_some_and(FieldSet::is_set_list) {
            return self.members(path, at, live, predicted, out);
        }
        if live == predicted {
            return self.unchanged(path, at, &live.iter().cloned().collect(), out);
        }
        if live.len() != predicted.len() {
            let (live, predicted): (Value, Value) =
                (live.iter().cloned().collect(), predicted.iter().cloned().collect());
            return self.differs(path, at, Some(&live), Some(&predicted), out);
        }
        // A list that is owned as one: its owner counts, the item that differs is told.
        let inside = at.step(Owned::inside);
        for (i, (live, predicted)) in live.iter().zip(predicted).enumerate() {
            self.value(&path.join(Step::Index(i)), inside, Some(live), Some(predicted), out);
        }
    }

    fn keyed_items(
        &self,
        path: &Path,
        at: At<'a>,
        keys: &[Str],
        live: &[Value],
        predicted: &[Value],
        out: &mut Vec<Difference>,
    ) {
        let identity = |item: &Value| -> Vec<(Str, Value)> {
            keys.iter().filter_map(|k| Some((k.clone(), item.get(k)?.clone()))).collect()
        };
        let before: Vec<_> = live.iter().map(identity).collect();
        let after: Vec<_> = predicted.iter().map(identity).collect();
        for (item, id) in live.iter().zip(&before) {
            let at = at.step(|owned| owned.item(item, keys));
            let counterpart = after.iter().position(|other| other == id).map(|i| &predicted[i]);
            self.value(&path.join(Step::Item(id.clone())), at, Some(item), counterpart, out);
        }
        for (item, id) in predicted.iter().zip(&after).filter(|(_, id)| !before.contains(id)) {
            let at = at.step(|owned| owned.item(item, keys));
            self.value(&path.join(Step::Item(id.clone())), at, None, Some(item), out);
        }
        // Among items that stay, a new order is a change too: the order of containers, say, has a meaning.
        let stay_before: Vec<_> = before.iter().filter(|id| after.contains(id)).collect();
        let stay_after: Vec<_> = after.iter().filter(|id| before.contains(id)).collect();
        if stay_before != stay_after {
            let order = |ids: &[&Vec<(Str, Value)>]| -> Value {
                ids.iter().map(|id| Value::from(id.iter().cloned().collect::<Map>())).collect()
            };
            self.differs(path, at, Some(&order(&stay_before)), Some(&order(&stay_after)), out);
        }
    }

    fn members(&self, path: &Path, at: At<'a>, live: &[Value], predicted: &[Value], out: &mut Vec<Difference>) {
        for member in live {
            let at = at.step(|owned| owned.member(member));
            let counterpart = predicted.iter().find(|other| *other == member);
            self.value(&path.join(Step::Member(member.clone())), at, Some(member), counterpart, out);
        }
        for member in predicted.iter().filter(|member| !live.contains(member)) {
            let at = at.step(|owned| owned.member(member));
            self.value(&path.join(Step::Member(member.clone())), at, None, Some(member), out);
        }
    }

    /// A field that the dry run left as it is. It still goes when its client-side apply is taken over, if Git does not have
    /// it and nobody else holds it.
    fn unchanged(&self, path: &Path, at: At<'a>, live: &Value, out: &mut Vec<Difference>) {
        if !at.adopted.is_owned()
            || at.would_own.is_owned()
            || at.held_by_others.is_owned()
            || at.trusted.is_owned()
            // What names the object is never taken away.
            || [&["apiVersion"][..], &["kind"], &["metadata", "name"], &["metadata", "namespace"]]
                .iter()
                .any(|fields| path.starts_with(fields))
        {
            return;
        }
        // The keys of a list's item stay as long as the item does.
        if let [.., Step::Item(keys), Step::Field(name)] = path.steps()
            && keys.iter().any(|(key, _)| key == name)
            && self.item_stays(path)
        {
            return;
        }
        let holder = self.holder(path, |e| (self.is_ours)(e));
        let cause = holder.map_or(Cause::GitChanged, Cause::Adoption);
        out.push(Difference { path: path.clone(), live: Some(live.clone()), desired: None, cause });
    }

    /// Whether the item of a list that the last but one step of `path` names would have an owner after the take-over.
    fn item_stays(&self, path: &Path) -> bool {
        let steps = &path.steps()[..path.steps().len() - 1];
        [self.would_own, self.held_by_others].into_iter().any(|set| follow(set, steps).is_owned())
    }

    fn differs(
        &self,
        path: &Path,
        at: At<'a>,
        live: Option<&Value>,
        predicted: Option<&Value>,
        out: &mut Vec<Difference>,
    ) {
        if at.trusted.is_owned() {
            return;
        }
        // What is ours now and changes does so because Git has dropped it, also where the server then fills in its default.
        let ours = at.would_own.is_owned() || at.owned.is_owned() || predicted.is_none() && at.adopted.is_owned();
        if !ours && !self.include_webhooks {
            return;
        }
        let cause = if !ours {
            Cause::Server
        } else if predicted.is_none() {
            Cause::GitChanged
        } else if live.is_none() {
            // Ours before means that Git asked for it before; gone without our doing.
            match self.git_changed {
                Some(false) => Cause::Removed(self.last_writer()),
                _ => Cause::GitChanged,
            }
        } else {
            match self.holder(path, |e| !(self.is_ours)(e)) {
                Some(holder) => Cause::ChangedBy(holder),
                None => Cause::GitChanged,
            }
        };
        out.push(Difference { path: path.clone(), live: live.cloned(), desired: predicted.cloned(), cause });
    }

    /// The latest of the entries that `which` chooses and that hold the field.
    fn holder(&self, path: &Path, which: impl Fn(&Entry) -> bool) -> Option<Holder> {
        let holds = |e: &&Entry| which(e) && follow(&e.fields, path.steps()).is_owned();
        self.entries.iter().filter(holds).max_by(|a, b| a.time.cmp(&b.time)).map(holder)
    }

    /// Who wrote the object itself last, beside us.
    fn last_writer(&self) -> Option<Holder> {
        let others = self.entries.iter().filter(|e| !(self.is_ours)(e) && e.subresource.is_empty());
        others.max_by(|a, b| a.time.cmp(&b.time)).map(holder)
    }
}

fn holder(entry: &Entry) -> Holder {
    Holder {
        manager: entry.manager.clone(),
        operation: entry.operation,
        subresource: entry.subresource.clone(),
        since: entry.time.clone(),
    }
}

/// Where a path leads in a set.
fn follow<'s>(set: &'s FieldSet, steps: &[Step]) -> Owned<'s> {
    steps.iter().fold(set.root(), |owned, step| match step {
        Step::Field(name) => owned.field(name),
        Step::Item(keys) => {
            let names: Vec<Str> = keys.iter().map(|(name, _)| name.clone()).collect();
            owned.item(&keys.iter().cloned().collect::<Map>().into(), &names)
        }
        Step::Member(value) => owned.member(value),
        Step::Index(_) => owned.inside(),
    })
}
