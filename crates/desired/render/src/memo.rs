//! [`Memo`]: results, kept by what was asked for and what was read.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use bowline_base_cache::Cache;
use bowline_base_tree::{ObjectId, Recorder, Trace, Tree};
use bowline_base_value::Value;

use crate::outside::Observed;
use crate::{Engines, Features, Fetched, Need, RenderError, Rendered, Request, Tool, render};

/// Results of [`render`], each with the [`Trace`] of what was read. At another commit the trace is checked, a few look-ups, and
/// where it holds so does the result. Holds at most a number of bytes; what was not asked for longest goes first.
pub struct Memo {
    entries: Cache<String, Arc<Entry>>,
    hits: AtomicU64,
    misses: AtomicU64,
}

struct Entry {
    rendered: Arc<Rendered>,
    revision: String,
    /// The cluster it was rendered for: its version and what it serves.
    cluster: u64,
    source: Read,
    /// What was read of the trees of other sources, by their names.
    refs: Vec<(String, Read)>,
    /// What was read from elsewhere.
    outside: Vec<(Need, Kept)>,
}

/// What something from elsewhere was.
enum Kept {
    Tree(Read),
    File(Arc<[u8]>),
    Failed(String),
}

/// What was read of one tree.
struct Read {
    trace: Trace,
    /// The last root that the trace held for: the next application at the same commit, or the next look at it, need not check.
    holds_for: Mutex<ObjectId>,
}

// === impl Memo ===

impl Memo {
    /// A memo of at most `bytes`, by a rough weight of the objects in it.
    pub fn new(bytes: usize) -> Memo {
        Memo { entries: Cache::new(bytes), hits: AtomicU64::new(0), misses: AtomicU64::new(0) }
    }

    /// The result for `request`: remembered where everything that was read for it is as it was, else rendered now. Errors are not
    /// remembered.
    pub fn render(
        &self,
        request: &Request<'_>,
        tree: &Tree,
        features: &Features,
        engines: Engines<'_>,
    ) -> Result<Arc<Rendered>, RenderError> {
        let key = key(request, features);
        if let Some(entry) = self.entries.get(&key) {
            if entry.holds(request, tree) {
                self.hits.fetch_add(1, Ordering::Relaxed);
                return Ok(entry.rendered.clone());
            }
            self.misses.fetch_add(1, Ordering::Relaxed);
        }
        let (recording, recorder) = tree.recording();
        let mut refs = BTreeMap::new();
        let mut recorders = Vec::new();
        for (name, tree) in request.refs {
            let (recording, recorder) = tree.recording();
            refs.insert(name.clone(), recording);
            recorders.push((name.clone(), tree.root(), recorder));
        }
        let (outside, observed) = request.outside.recording();
        let recorded = Request { refs: &refs, outside: &outside, ..*request };
        let rendered = render(&recorded, &recording, features, engines);
        request.outside.asked_by(&outside);
        let rendered = Arc::new(rendered?);
        if !outside.needs().is_empty() {
            // It is rendered again when they are there.
            return Ok(rendered);
        }
        let entry = Entry {
            rendered: rendered.clone(),
            revision: request.revision.to_string(),
            cluster: cluster(request),
            source: Read::new(tree.root(), &recorder),
            refs: recorders.into_iter().map(|(name, root, recorder)| (name, Read::new(root, &recorder))).collect(),
            outside: observed
                .into_iter()
                .filter(|(need, _)| outside.was_asked(need))
                .map(|(need, observed)| (need, Kept::new(observed)))
                .collect(),
        };
        let bytes = key.len() + entry.weight();
        self.entries.insert(key, Arc::new(entry), bytes);
        Ok(rendered)
    }

    /// What the remembered result for `request` read from elsewhere: it holds as long as that is the same, so it is fetched before
    /// [`Memo::render`] is asked.
    pub fn needs(&self, request: &Request<'_>, features: &Features) -> Vec<Need> {
        let entry = self.entries.get(&key(request, features));
        entry.map(|entry| entry.outside.iter().map(|(need, _)| need.clone()).collect()).unwrap_or_default()
    }

    /// Forgets the result for `request` (a hard refresh).
    pub fn forget(&self, request: &Request<'_>, features: &Features) {
        self.entries.remove(&key(request, features));
    }

    /// How often a result was there and held, and how often it did not hold any more.
    pub fn counts(&self) -> (u64, u64) {
        (self.hits.load(Ordering::Relaxed), self.misses.load(Ordering::Relaxed))
    }
}

// === impl Entry ===

impl Entry {
    fn holds(&self, request: &Request<'_>, tree: &Tree) -> bool {
        // Plain directories do not look at the cluster; charts and kustomizations may.
        (self.rendered.tool == Tool::Directory || self.cluster == cluster(request))
            && (!self.rendered.used_revision || self.revision == request.revision)
            && self.source.holds(tree)
            && self.refs.iter().all(|(name, read)| request.refs.get(name).is_some_and(|tree| read.holds(tree)))
            && self.outside.iter().all(|(need, kept)| request.outside.known(need).is_some_and(|now| kept.holds(now)))
    }

    /// About how many bytes it takes.
    fn weight(&self) -> usize {
        let objects: usize = self.rendered.objects.iter().map(|object| weight(object.value())).sum();
        let elsewhere = self.outside.iter().filter_map(|(_, kept)| match kept {
            Kept::Tree(read) => Some(read),
            Kept::File(_) | Kept::Failed(_) => None,
        });
        let traces = self.refs.iter().map(|(_, read)| read).chain(elsewhere).chain([&self.source]);
        // A path, its length and counters, and what was seen there.
        let read: usize = traces.flat_map(|read| read.trace.entries()).map(|(path, _)| path.len() + 96).sum();
        objects + read + size_of::<Entry>() + size_of::<Rendered>()
    }
}

// === impl Kept ===

impl Kept {
    fn new(observed: Observed) -> Kept {
        match observed {
            Observed::Tree(root, recorder) => Kept::Tree(Read::new(root, &recorder)),
            Observed::File(content) => Kept::File(content),
            Observed::Failed(reason) => Kept::Failed(reason),
        }
    }

    fn holds(&self, now: &Result<Fetched, String>) -> bool {
        match (self, now) {
            (Kept::Tree(read), Ok(Fetched::Tree(tree))) => read.holds(tree),
            (Kept::File(then), Ok(Fetched::File(now))) => then == now,
            (Kept::Failed(then), Err(now)) => then == now,
            _ => false,
        }
    }
}

// === impl Read ===

impl Read {
    fn new(root: ObjectId, recorder: &Recorder) -> Read {
        Read { trace: recorder.trace(), holds_for: Mutex::new(root) }
    }

    fn holds(&self, tree: &Tree) -> bool {
        let holds_for = || self.holds_for.lock().unwrap_or_else(PoisonError::into_inner);
        if *holds_for() == tree.root() {
            return true;
        }
        // Checked without the lock: it reads objects.
        let holds = self.trace.holds(tree);
        if holds {
            *holds_for() = tree.root();
        }
        holds
    }
}

/// Everything that a result depends on besides the trees, the commit's name and the cluster.
fn key(request: &Request<'_>, features: &Features) -> String {
    let source = serde_json::to_string(request.source).unwrap_or_default();
    let Request { app, namespace, project, .. } = request;
    let refs: Vec<&str> = request.refs.keys().map(String::as_str).collect();
    format!("{source}\u{0}{app}\u{0}{namespace}\u{0}{project}\u{0}{refs:?}\u{0}{features:?}")
}

fn cluster(request: &Request<'_>) -> u64 {
    let mut hasher = DefaultHasher::new();
    (request.kube_version, request.api_versions).hash(&mut hasher);
    hasher.finish()
}

/// About how many bytes a value takes: its slots and its strings, with what an allocation costs beside.
fn weight(value: &Value) -> usize {
    const ALLOCATION: usize = 32;
    let below = match value {
        Value::String(text) => text.len() + ALLOCATION,
        Value::Array(items) => ALLOCATION + items.iter().map(weight).sum::<usize>(),
        Value::Object(fields) => {
            ALLOCATION + fields.iter().map(|(key, value)| key.len() + ALLOCATION + weight(value)).sum::<usize>()
        }
        _ => 0,
    };
    size_of::<Value>() + below
}
