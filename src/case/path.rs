//! JMESPath selectors, as in the AWS CLI's `--query`, and whether they fit an answer's shape.

use jmespath::ast::Ast;
use serde_json::Value;

use super::ProbeKind;
use crate::model::{Model, ShapeId, ShapeKind, suggest};

/// Bytes of an expression that are read; the longest of the suite has some 450.
const LONGEST: usize = 1000;
/// Operators and brackets in an expression: each may take parser and interpreter a level down. The suite
/// has up to 25 in one.
const MOST_LEVELS: usize = 100;
/// How many times larger than an answer what is made of it may become.
const MOST_GROWTH: usize = 64;

/// A JMESPath expression that is known to be valid, and to need no more of stack and memory than
/// there is: who judges what others recorded takes their expressions, too.
#[derive(Debug, Clone)]
pub struct Selector(jmespath::Expression<'static>);

/// Why a text is not a selector.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SelectorError {
    /// What is wrong, for a person.
    pub message: String,
    /// What was probably meant.
    pub suggestion: Option<String>,
}

impl Selector {
    /// Compiles an expression.
    ///
    /// # Errors
    /// Says what is wrong with the expression.
    pub fn new(expression: &str) -> Result<Self, SelectorError> {
        let refused = |message: String| SelectorError { message, suggestion: None };
        let levels = expression.bytes().filter(|byte| b"([{!&*.|=<>".contains(byte)).count();
        if expression.len() > LONGEST {
            return Err(refused(format!("an expression has at most {LONGEST} bytes")));
        }
        if levels > MOST_LEVELS {
            let message = format!("an expression has at most {MOST_LEVELS} operators and brackets");
            return Err(refused(message));
        }
        let compiled = jmespath::compile(expression)
            .map_err(|error| refused(format!("this is not JMESPath: {}", error.reason)))?;
        if growth(compiled.as_ast()) > MOST_GROWTH {
            return Err(refused("what this expression makes could grow without bound".to_owned()));
        }
        Ok(Selector(compiled))
    }

    /// What the expression finds in `value`; `Null` where it finds nothing.
    ///
    /// # Errors
    /// A function was called with a value it does not take (`length(null)`).
    pub fn find(&self, value: &Value) -> Result<Value, SelectorError> {
        let failed = |reason: String| SelectorError { message: reason, suggestion: None };
        let found = match follow(self.0.as_ast(), value) {
            Some(Value::Array(_) | Value::Object(_)) | None => self.0.search(value),
            Some(plain) => return Ok(plain.clone()),
        };
        let found = found.map_err(|e| failed(e.reason.to_string()))?;
        serde_json::to_value(&*found).map_err(|e| failed(e.to_string()))
    }

    /// Checks the names in the expression against what an answer of this shape can have.
    ///
    /// # Errors
    /// Names the first member that no such answer has.
    pub fn check(&self, model: &Model, output: Option<ShapeId>) -> Result<(), SelectorError> {
        walk(self.0.as_ast(), &Known::from(output), model).map(drop)
    }

    /// Checks the names in the expression against the members that a probe's outcome can have.
    ///
    /// # Errors
    /// Names the first member that no such outcome has.
    pub fn check_probe(&self, kind: ProbeKind) -> Result<(), SelectorError> {
        walk(self.0.as_ast(), &Known::Probe(kind), Model::ec2()).map(drop)
    }
}

/// What an expression of nothing but names and indices finds; `None` for any other. An interpreter
/// makes a copy of the whole answer first, and most expressions only look up one state or id.
fn follow<'v>(ast: &Ast, value: &'v Value) -> Option<&'v Value> {
    const NULL: &Value = &Value::Null;
    match ast {
        Ast::Identity { .. } => Some(value),
        Ast::Field { name, .. } => Some(value.get(name).unwrap_or(NULL)),
        Ast::Index { idx, .. } => {
            let items = value.as_array().map(Vec::as_slice).unwrap_or_default();
            let distance = usize::try_from(idx.unsigned_abs()).ok()?;
            let at = if *idx < 0 { items.len().checked_sub(distance) } else { Some(distance) };
            Some(at.and_then(|at| items.get(at)).unwrap_or(NULL))
        }
        Ast::Subexpr { lhs, rhs, .. } => follow(rhs, follow(lhs, value)?),
        _ => None,
    }
}

/// How many times larger than a value what an expression makes of it may be: a list of values may hold
/// the whole in each, and a text that is quoted again and again doubles.
fn growth(ast: &Ast) -> usize {
    let all =
        |parts: &mut dyn Iterator<Item = &Ast>| parts.map(growth).fold(1, usize::saturating_mul);
    match ast {
        Ast::MultiList { elements, .. } => elements.len().saturating_mul(all(&mut elements.iter())),
        Ast::MultiHash { elements, .. } => {
            elements.len().saturating_mul(all(&mut elements.iter().map(|pair| &pair.value)))
        }
        Ast::Function { name, args, .. } => {
            let own = match (name.as_str(), args.first()) {
                ("to_string", _) => 2,
                // What is put between items may be as large as all of them.
                ("join", Some(between)) if !matches!(between, Ast::Literal { .. }) => usize::MAX,
                _ => 1,
            };
            all(&mut args.iter()).saturating_mul(own)
        }
        Ast::Subexpr { lhs, rhs, .. }
        | Ast::Projection { lhs, rhs, .. }
        | Ast::Comparison { lhs, rhs, .. }
        | Ast::And { lhs, rhs, .. }
        | Ast::Or { lhs, rhs, .. } => growth(lhs).saturating_mul(growth(rhs)),
        Ast::Condition { predicate, then, .. } => growth(predicate).saturating_mul(growth(then)),
        Ast::Flatten { node, .. } | Ast::Not { node, .. } | Ast::ObjectValues { node, .. } => {
            growth(node)
        }
        Ast::Expref { ast, .. } => growth(ast),
        Ast::Field { .. }
        | Ast::Identity { .. }
        | Ast::Index { .. }
        | Ast::Literal { .. }
        | Ast::Slice { .. } => 1,
    }
}

/// What is known of the value at a place in an expression.
#[derive(Clone)]
enum Known {
    Shape(ShapeId),
    /// A list that the expression made, of such values.
    ListOf(Box<Known>),
    /// What came of a probe.
    Probe(ProbeKind),
    Unknown,
}

impl From<Option<ShapeId>> for Known {
    fn from(shape: Option<ShapeId>) -> Self {
        shape.map_or(Known::Unknown, Known::Shape)
    }
}

/// Follows the parts of an expression whose shape can be told; the rest is `Unknown`.
fn walk(ast: &Ast, at: &Known, model: &Model) -> Result<Known, SelectorError> {
    match ast {
        Ast::Identity { .. } => Ok(at.clone()),
        Ast::Field { name, .. } => field(name, at, model),
        Ast::Subexpr { lhs, rhs, .. } => {
            let at = walk(lhs, at, model)?;
            walk(rhs, &at, model)
        }
        Ast::Index { .. } => Ok(item(at, model)),
        Ast::Slice { .. } => Ok(at.clone()),
        // `a[]` flattens one level: a list of lists becomes the list of the inner items.
        Ast::Flatten { node, .. } => {
            let outer = item(&walk(node, at, model)?, model);
            let inner = item(&outer, model);
            let is_list = match &outer {
                Known::Shape(id) => matches!(model.shape(*id).kind, ShapeKind::List(_)),
                Known::ListOf(_) => true,
                Known::Probe(_) | Known::Unknown => false,
            };
            Ok(Known::ListOf(Box::new(if is_list { inner } else { outer })))
        }
        Ast::Projection { lhs, rhs, .. } => {
            let list = walk(lhs, at, model)?;
            let found = walk(rhs, &item(&list, model), model)?;
            Ok(Known::ListOf(Box::new(found)))
        }
        Ast::Condition { predicate, then, .. } => {
            walk(predicate, at, model)?;
            walk(then, at, model)
        }
        Ast::Comparison { lhs, rhs, .. } | Ast::And { lhs, rhs, .. } | Ast::Or { lhs, rhs, .. } => {
            walk(lhs, at, model)?;
            walk(rhs, at, model)?;
            Ok(Known::Unknown)
        }
        Ast::Not { node, .. } => {
            walk(node, at, model)?;
            Ok(Known::Unknown)
        }
        Ast::Function { args, .. } => {
            for arg in args {
                walk(arg, at, model)?;
            }
            Ok(Known::Unknown)
        }
        Ast::MultiList { elements, .. } => {
            for element in elements {
                walk(element, at, model)?;
            }
            Ok(Known::Unknown)
        }
        Ast::MultiHash { elements, .. } => {
            for pair in elements {
                walk(&pair.value, at, model)?;
            }
            Ok(Known::Unknown)
        }
        _ => Ok(Known::Unknown),
    }
}

fn field(name: &str, at: &Known, model: &Model) -> Result<Known, SelectorError> {
    if let Known::Probe(kind) = at {
        return match kind.data().contains(&name) {
            true => Ok(Known::Unknown),
            false => Err(SelectorError {
                message: format!("what comes of a probe `{}` has no member `{name}`", kind.word()),
                suggestion: suggest(name, kind.data().iter().copied()).map(str::to_owned),
            }),
        };
    }
    let Known::Shape(id) = at else { return Ok(Known::Unknown) };
    let shape = model.shape(*id);
    let ShapeKind::Structure(structure) = &shape.kind else {
        return Err(SelectorError {
            message: format!("`{name}` is asked of {}, which is not a structure", shape.name),
            suggestion: None,
        });
    };
    match structure.member(name) {
        Some(member) => Ok(Known::Shape(member.shape)),
        None => Err(SelectorError {
            message: format!("{} has no member `{name}`", shape.name),
            suggestion: suggest(name, structure.members.iter().map(|m| m.name.as_str()))
                .map(str::to_owned),
        }),
    }
}

fn item(at: &Known, model: &Model) -> Known {
    match at {
        Known::ListOf(inner) => (**inner).clone(),
        Known::Shape(id) => match &model.shape(*id).kind {
            ShapeKind::List(list) => Known::Shape(list.item),
            _ => Known::Unknown,
        },
        Known::Probe(_) | Known::Unknown => Known::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_indices_are_followed_as_the_interpreter_does() {
        let value =
            serde_json::json!({"a": [{"b": {"z": 1, "c": [1, 2.5, true, null, "x", {}]}}, 7]});
        let mut followed = 0;
        for path in [
            "a[0].b.c[0]",
            "a[0].b.c[1]",
            "a[0].b.c[2]",
            "a[0].b.c[3]",
            "a[0].b.c[4]",
            "a[-1]",
            "a[-2].b.z",
            "a[2]",
            "a[-3]",
            "a[-2147483647]",
            "a.b",
            "b",
            "b.c[0]",
            "a[0].b",
            "a[0].b.c",
            "a[0].b.c[5]",
            "@",
            "@.a[1]",
            "a[0].b.c[4].x",
            "a[0].b.c[4][0]",
            "a[].b",
            "length(a)",
            "a[0].b | z",
            "\"a\"[1]",
        ] {
            let selector = Selector::new(path).expect("valid");
            followed += u32::from(follow(selector.0.as_ast(), &value).is_some());
            let interpreted = selector.0.search(&value).expect("defined");
            let interpreted = serde_json::to_value(&*interpreted).expect("JSON");
            let found = selector.find(&value).expect("defined");
            assert_eq!(found.to_string(), interpreted.to_string(), "{path}");
        }
        assert!(followed >= 20, "{followed}");
    }

    #[test]
    fn what_cannot_be_borne_is_refused() {
        for (expression, words) in [
            ("(".repeat(10_000), "at most 1000 bytes"),
            ("!".repeat(900), "at most 100 operators"),
            ("*.".repeat(400), "at most 100 operators"),
            (format!("@{}", "|[@, @]".repeat(30)), "grow without bound"),
            (format!("@{}", "[].{a: @, b: @}".repeat(10)), "grow without bound"),
            (format!("{}@{}", "to_string([".repeat(20), "])".repeat(20)), "grow without bound"),
            ("join(to_string(@), @)".to_owned(), "grow without bound"),
        ] {
            let error = Selector::new(&expression).expect_err("refused");
            assert!(error.message.contains(words), "{}", error.message);
        }
        // As deep as it may be, on the stack of the threads that cases run in.
        for deep in [
            format!("a{}", ".a".repeat(100)),
            format!("a{}", "||a".repeat(50)),
            "[".repeat(100) + "a" + &"]".repeat(100),
            "(".repeat(100) + "a" + &")".repeat(100),
        ] {
            let selector = Selector::new(&deep).expect("borne");
            let find =
                move || selector.find(&Value::Null).map(|_| selector.check(Model::ec2(), None));
            let thread = std::thread::Builder::new().stack_size(1 << 20).spawn(find);
            thread.expect("a thread").join().expect("no overflow").expect("found").expect("fits");
        }
        assert!(Selector::new("join(', ', [A, B, to_string(C)])").is_ok());
    }

    #[test]
    fn names_are_checked_along_the_path() {
        let model = Model::ec2();
        let output = model.action("DescribeInstances").and_then(|a| a.output);
        let check = |path: &str| Selector::new(path).expect("valid").check(model, output);
        for good in [
            "Reservations[0].Instances[0].State.Name",
            "Reservations[].Instances[].InstanceId",
            "Reservations[*].Instances[?State.Name=='running'].InstanceId",
            "length(Reservations)",
            "sort(Reservations[].Instances[].PrivateIpAddress)",
        ] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
        let error = check("Reservations[0].Instances[0].Stat.Name").expect_err("misspelt");
        assert_eq!(error.suggestion.as_deref(), Some("State"));
        assert!(check("Reservations[].Instances[].Id").is_err());
    }
}
