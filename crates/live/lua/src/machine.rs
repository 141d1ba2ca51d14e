//! [`Machine`]: one script, compiled, in its sandbox.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use bowline_core_types::Object;
use bowline_live_health::{Health, HealthStatus};
use jiff::Timestamp;
use mlua::serde::SerializeOptions;
use mlua::{Function, HookTriggers, Lua, LuaOptions, LuaSerdeExt as _, StdLib, Table, Value, Variadic, VmState};

use crate::os;

/// What one run may use.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Budget {
    /// Instructions: Argo CD's limit of a second is about a hundred million of them.
    pub instructions: u64,
    /// Bytes of memory.
    pub memory: usize,
}

/// How often the budget is looked at.
const EVERY: u32 = 10_000;
const EXHAUSTED: &str = "the script used up its budget of instructions";

/// One script, compiled, in its sandbox.
#[derive(Debug)]
pub(crate) struct Machine {
    lua: Lua,
    script: Function,
    globals: Table,
    meter: Arc<Meter>,
    memory: usize,
}

#[derive(Debug, Default)]
struct Meter {
    left: AtomicU64,
    exhausted: AtomicBool,
    /// Seconds since the epoch: what the script's clock says.
    now: AtomicU64,
}

// === impl Budget ===

impl Default for Budget {
    fn default() -> Budget {
        Budget { instructions: 20_000_000, memory: 32 << 20 }
    }
}

// === impl Machine ===

impl Machine {
    /// Compiles a script; what is wrong with it, in Lua's words.
    pub fn new(source: &str, open_libs: bool, budget: Budget) -> Result<Machine, String> {
        let libs = if open_libs { StdLib::TABLE | StdLib::STRING | StdLib::MATH } else { StdLib::TABLE };
        let told = |e: mlua::Error| sentence(&e);
        let lua = Lua::new_with(libs, LuaOptions::new()).map_err(told)?;
        let meter = Arc::new(Meter::default());
        meter.left.store(budget.instructions, Ordering::Relaxed);
        restrict(&lua, &meter).map_err(told)?;
        lua.set_memory_limit(budget.memory).map_err(told)?;
        let watched = meter.clone();
        lua.set_hook(HookTriggers::new().every_nth_instruction(EVERY), move |_, _| {
            let left = watched.left.load(Ordering::Relaxed);
            match left.checked_sub(EVERY.into()) {
                Some(left) => watched.left.store(left, Ordering::Relaxed),
                None => {
                    watched.exhausted.store(true, Ordering::Relaxed);
                    return Err(mlua::Error::runtime(EXHAUSTED));
                }
            }
            Ok(VmState::Continue)
        })
        .map_err(told)?;
        let globals = lua.globals();
        let script = lua.load(source).set_name("=<script>").set_mode(mlua::chunk::ChunkMode::Text);
        let script = script.into_function().map_err(told)?;
        let machine = Machine { lua, script, globals, meter, memory: budget.memory };
        machine.refill(budget.instructions);
        Ok(machine)
    }

    fn refill(&self, instructions: u64) {
        self.meter.left.store(instructions, Ordering::Relaxed);
        self.meter.exhausted.store(false, Ordering::Relaxed);
    }

    /// Whether it can be used again.
    pub fn is_sound(&self) -> bool {
        !self.meter.exhausted.load(Ordering::Relaxed) && self.lua.used_memory() < self.memory / 2
    }

    /// Runs the script on an object, and takes what it returns for the object's health.
    pub fn health(&self, object: &Object, now: Timestamp) -> Result<Health, String> {
        match self.returned(object, &[], now)? {
            Value::Nil => Ok(Health::healthy()),
            Value::Table(table) => read(&table).map_err(|e| sentence(&e))?,
            other => Err(not_a_table(&other)),
        }
    }

    /// Runs the script on an object; what it returns, as a value of ours. An empty table is an empty list.
    pub fn value(
        &self,
        object: &Object,
        parameters: &[(String, String)],
        now: Timestamp,
    ) -> Result<bowline_base_value::Value, String> {
        match self.returned(object, parameters, now)? {
            table @ Value::Table(_) => decode(&table, DEPTH, &mut Nodes(NODES)),
            other => Err(not_a_table(&other)),
        }
    }

    fn returned(&self, object: &Object, parameters: &[(String, String)], now: Timestamp) -> Result<Value, String> {
        self.refill(Budget::default().instructions);
        self.meter.now.store(u64::try_from(now.as_second()).unwrap_or(0), Ordering::Relaxed);
        let returned = self.run(object, parameters);
        if self.meter.exhausted.load(Ordering::Relaxed) {
            return Err(EXHAUSTED.to_string());
        }
        returned.map_err(|e| sentence(&e))
    }

    fn run(&self, object: &Object, parameters: &[(String, String)]) -> mlua::Result<Value> {
        // Each run has globals of its own on top of the sandbox's: nothing of one object is left for the next.
        let (scope, fallback) = (self.lua.create_table()?, self.lua.create_table()?);
        fallback.raw_set("__index", self.globals.clone())?;
        scope.set_metatable(Some(fallback))?;
        // Nulls are nil and lists are plain tables, as the contract's scripts expect.
        let options = SerializeOptions::new()
            .serialize_none_to_null(false)
            .serialize_unit_to_null(false)
            .set_array_metatable(false);
        scope.raw_set("obj", self.lua.to_value_with(object.value(), options)?)?;
        scope.raw_set("actionParams", self.lua.create_table_from(parameters.iter().map(|(n, v)| (&**n, &**v)))?)?;
        scope.raw_set("_G", scope.clone())?;
        self.script.set_environment(scope)?;
        self.script.call(())
    }
}

fn not_a_table(value: &Value) -> String {
    let kind = if value.is_integer() { "number" } else { value.type_name() };
    format!("expect table output from Lua script, not {kind}")
}

/// How deep what a script returns may be.
const DEPTH: usize = 100;
/// How many values may be in it: tables that are shared are counted each time they are met.
const NODES: usize = 1_000_000;

/// How many values may still come.
struct Nodes(usize);

/// What a script returned. A table is a list where its keys are 1 to n, and an empty one is too.
fn decode(value: &Value, depth: usize, nodes: &mut Nodes) -> Result<bowline_base_value::Value, String> {
    use bowline_base_value::{Map, Value as Ours};
    if depth == 0 || nodes.0 == 0 {
        return Err("what the script returned holds itself, or is too large".to_string());
    }
    nodes.0 -= 1;
    let text = |text: &mlua::LuaString| match text.to_str() {
        Ok(text) => Ok(text.to_string()),
        Err(_) => Err("what the script returned holds text that is not UTF-8".to_string()),
    };
    Ok(match value {
        Value::Nil => Ours::Null,
        Value::Boolean(truth) => Ours::Bool(*truth),
        Value::Integer(number) => Ours::Int(*number),
        // Lua has one kind of number: what is whole was meant so.
        Value::Number(number) if number.fract() == 0.0 && number.abs() < 9_007_199_254_740_992.0 => {
            Ours::Int(*number as i64)
        }
        Value::Number(number) if number.is_finite() => Ours::Float(*number),
        Value::Number(number) => return Err(format!("the script returned the number {number}, which JSON has not")),
        Value::String(string) => text(string)?.into(),
        Value::Table(table) => {
            let mut items: Vec<Option<Ours>> = vec![None; table.raw_len()];
            let mut fields = Map::new();
            for pair in table.pairs::<Value, Value>() {
                let (key, value) = pair.map_err(|e| sentence(&e))?;
                let value = decode(&value, depth - 1, nodes)?;
                let place = match &key {
                    Value::Integer(place) => usize::try_from(*place).ok(),
                    Value::Number(place) if place.fract() == 0.0 => Some(*place as usize),
                    _ => None,
                };
                match (&key, place.and_then(|place| items.get_mut(place.wrapping_sub(1)))) {
                    (_, Some(item)) => *item = Some(value),
                    (Value::String(name), None) => {
                        fields.insert(text(name)?, value);
                    }
                    (other, None) => {
                        let kind = other.type_name();
                        return Err(format!(
                            "the script returned a table with a key of type {kind}, neither list nor map"
                        ));
                    }
                }
            }
            match (items.is_empty(), fields.is_empty()) {
                (true, false) => fields.into(),
                (_, true) => items.into_iter().map(Option::unwrap_or_default).collect(),
                (false, false) => return Err("the script returned a table that is a list and a map".to_string()),
            }
        }
        other => return Err(format!("the script returned a {}, which no object can hold", other.type_name())),
    })
}

/// A table of the contract: `status` and `message`.
fn read(table: &Table) -> mlua::Result<Result<Health, String>> {
    if table.is_empty() {
        return Ok(Ok(Health::healthy()));
    }
    let text = |name: &str| -> mlua::Result<Result<String, String>> {
        Ok(match table.raw_get::<Value>(name)? {
            Value::Nil => Ok(String::new()),
            Value::String(text) => Ok(text.to_string_lossy()),
            other => Err(format!("{name} must be a string, the Lua script returned {}", other.type_name())),
        })
    };
    let (status, message) = (text("status")?, text("message")?);
    Ok(match (status, message) {
        (Err(error), _) | (_, Err(error)) => Err(error),
        (Ok(status), Ok(message)) => match HealthStatus::from_word(&status) {
            Some(status) => Ok(Health::new(status, message)),
            None => Ok(Health::new(HealthStatus::Unknown, "Lua returned an invalid health status")),
        },
    })
}

/// Takes away what reaches outside and adds what older scripts expect.
fn restrict(lua: &Lua, meter: &Arc<Meter>) -> mlua::Result<()> {
    let globals = lua.globals();
    for name in ["dofile", "loadfile", "load", "loadstring", "collectgarbage", "require", "package"] {
        globals.raw_remove(name)?;
    }
    globals.raw_set("print", lua.create_function(|_, _: Variadic<Value>| Ok(()))?)?;

    let clock = meter.clone();
    let os = os::table(lua, move || i64::try_from(clock.now.load(Ordering::Relaxed)).unwrap_or(i64::MAX))?;
    globals.raw_set("os", os.clone())?;
    let require = lua.create_function(move |_, name: String| {
        if name == "os" { Ok(os.clone()) } else { Err(mlua::Error::runtime(format!("module {name} not found"))) }
    })?;
    globals.raw_set("require", require)?;

    // A script that catches errors must not catch the end of its budget and go on.
    let watched = meter.clone();
    let check = lua.create_function(move |_, results: Variadic<Value>| {
        if watched.exhausted.load(Ordering::Relaxed) { Err(mlua::Error::runtime(EXHAUSTED)) } else { Ok(results) }
    })?;
    lua.load(
        r#"
        local check = ...
        local pcall0, xpcall0 = pcall, xpcall
        function pcall(...) return check(pcall0(...)) end
        function xpcall(...) return check(xpcall0(...)) end
        unpack = table.unpack
        function table.getn(t) return #t end
        function table.maxn(t)
          local max = 0
          for k in pairs(t) do if type(k) == "number" and k > max then max = k end end
          return max
        end
        if math then
          function math.pow(x, y) return x ^ y end
          math.mod = math.fmod
        end
        if string then
          string.gfind, string.dump, string.rep0 = string.gmatch, nil, string.rep
          local rep0 = string.rep
          string.rep0 = nil
          function string.rep(s, n, ...)
            if #s * n > 1048576 then error("string.rep: the result is longer than 1 MiB", 2) end
            return rep0(s, n, ...)
          end
          -- Looking for a pattern is one instruction, however long it takes: with k parts that may be of any length it takes
          -- up to n^k steps.
          local gsub0 = string.gsub
          local function bounded(s, pattern)
            local rest = gsub0(pattern, "%%.", "")
            local _, parts = gsub0(rest, "[%*%+%-%?]", "")
            if parts > 1 and (#s) ^ parts > 50000000 then
              error("a pattern of " .. parts .. " repeated parts takes too long on a text of " .. #s .. " bytes", 3)
            end
          end
          for _, name in ipairs({"match", "gmatch", "gsub"}) do
            local search = string[name]
            string[name] = function(s, pattern, ...)
              bounded(tostring(s), tostring(pattern))
              return search(s, pattern, ...)
            end
          end
          local find = string.find
          function string.find(s, pattern, init, plain)
            if not plain then bounded(tostring(s), tostring(pattern)) end
            return find(s, pattern, init, plain)
          end
          string.gfind = string.gmatch
        end
        "#,
    )
    .set_name("=<sandbox>")
    .call::<()>(check)
}

/// An error in one line, without a stack trace.
fn sentence(error: &mlua::Error) -> String {
    let text = match error {
        mlua::Error::CallbackError { cause, .. } => return sentence(cause),
        mlua::Error::RuntimeError(text) | mlua::Error::MemoryError(text) => text.clone(),
        mlua::Error::SyntaxError { message, .. } => message.clone(),
        other => other.to_string(),
    };
    text.lines().next().unwrap_or_default().to_string()
}
