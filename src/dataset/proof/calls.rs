//! Function calls under proof: Veilpoint's own lower bare columns inside their bounds; `DataFusion`'s keep all that they
//! take.

use datafusion::common::ScalarValue;
use datafusion::logical_expr::Expr;
use datafusion::logical_expr::expr::ScalarFunction;

use super::Prover;
use super::dates::DATE_SHIFT;
use super::expressions::Inputs;
use super::flow::{Atom, Flow, Leaks, Shape};
use crate::dataset::rule::{Lowering, Rule};
use crate::functions::{self, Argument, Companions, Function, Level};

/// What a keyed function takes, in words.
const KEYED_INPUT: &str = "bare columns, trim, lower, upper and casts to text of them, and || or concat of these with \
                           separators that hold no letter and no digit";

/// The function whose error comes from a column's name.
const NOISE: &str = "noise";

impl Prover<'_> {
    pub(super) fn call(&mut self, call: &ScalarFunction, inputs: Inputs<'_>) -> Flow {
        let arguments: Vec<Flow> = call
            .args
            .iter()
            .map(|argument| self.value(argument, inputs))
            .collect();
        let name = call.func.name();
        if let Some(function) = functions::find(name) {
            self.named(function, &call.args, &arguments);
            return self.ours(function, arguments);
        }
        if functions::builtin(name).is_none() {
            self.found.lost = true;
            let message =
                format!("the function {name} is not on the list of a projection's functions");
            self.refuse(Rule::Function, None, message);
        }
        match (name, arguments.as_slice()) {
            ("btrim" | "lower" | "upper", [flow])
                if matches!(flow.shape, Shape::Bare(_) | Shape::Text) =>
            {
                Flow {
                    shape: Shape::Text,
                    leaks: flow.leaks.clone().through(name),
                }
            }
            ("concat", parts) => self.concat(name, parts),
            (_, arguments) => {
                let mut leaks = Leaks::default();
                for flow in arguments {
                    self.operand(flow, name);
                    leaks.merge(&flow.leaks);
                }
                Flow::computed(leaks.through(name))
            }
        }
    }

    /// Refuses `noise` of anything but a contract column by its own name: its error comes from the name, so another
    /// column of that name, whose values are known, would tell the error.
    fn named(&mut self, function: &Function, exprs: &[Expr], arguments: &[Flow]) {
        let (Some(expr), Some(flow)) = (exprs.first(), arguments.first()) else {
            return;
        };
        let own = match (expr, &flow.shape) {
            (Expr::Column(column), Shape::Bare(bare)) => column.name == self.name(*bare),
            _ => false,
        };
        if function.name == NOISE && !own {
            let message = format!(
                "{NOISE} takes a bare column by its own name as argument 1: its error comes from that name"
            );
            self.refuse_of(Rule::BareArgument, &flow.leaks, message);
        }
    }

    /// Text joined: still of bare columns, where nothing but separators is between them.
    pub(super) fn concat(&mut self, step: &str, parts: &[Flow]) -> Flow {
        let mut leaks = Leaks::default();
        for part in parts {
            self.operand(part, step);
            leaks.merge(&part.leaks);
        }
        let plain = parts.iter().all(|part| match &part.shape {
            Shape::Bare(_) | Shape::Text => true,
            Shape::Constant(value) => separator(value) || !Lowering::Separators.holds(),
            Shape::Keyed | Shape::Computed => false,
        });
        let columns = parts
            .iter()
            .any(|part| matches!(part.shape, Shape::Bare(_) | Shape::Text));
        let shape = if plain && columns {
            Shape::Text
        } else {
            Shape::Computed
        };
        Flow {
            shape,
            leaks: leaks.through(step),
        }
    }

    /// One of Veilpoint's functions.
    fn ours(&mut self, function: &'static Function, arguments: Vec<Flow>) -> Flow {
        for flow in &arguments {
            self.operand(flow, function.name);
        }
        let bounds = self.bounds(function, &arguments);
        self.keyed(function, &arguments);
        let accompanied = self.companions(function, &arguments, bounds.as_ref().err());
        if function.name == DATE_SHIFT {
            self.shifted(&arguments);
        }
        let plain = arguments
            .iter()
            .enumerate()
            .all(|(position, flow)| plain(function, position, flow));
        let inside = bounds.is_ok() || !Lowering::InsideBounds.holds();
        // What is refused for what stands beside it is refused for that alone.
        let lowers = !accompanied || (inside && (plain || !Lowering::PlainArguments.holds()));
        let atom = Atom {
            text: format!("{}({})", function.name, self.texts(&arguments)),
            yearly: (function.yearly)(&self.seen(&arguments)),
        };
        let mut leaks = Leaks::default();
        let mut protected = Leaks::default();
        for (position, flow) in arguments.into_iter().enumerate() {
            let level = level(function, position);
            let lowered = lowered(function, position, &flow.shape);
            if lowered && flow.leaks.iter().any(|(column, _)| self.protected(column)) {
                protected.merge(&flow.leaks);
            }
            leaks.merge(&if lowered && lowers {
                flow.leaks.lowered(level, &atom)
            } else {
                flow.leaks
            });
        }
        if let Err(why) = bounds
            && accompanied
            && (function.keyed || !protected.is_empty())
        {
            let message = format!("{} is outside its bounds: {why}", function.name);
            self.refuse_of(Rule::Bounds, &protected, message);
        }
        let shape = if function.keyed {
            Shape::Keyed
        } else {
            Shape::Computed
        };
        Flow {
            shape,
            leaks: leaks.through(function.name),
        }
    }

    /// Refuses what is no argument of a keyed function, and notes what is.
    fn keyed(&mut self, function: &'static Function, arguments: &[Flow]) {
        self.found.uses_keys |=
            function.keyed || matches!(function.companions, Companions::Subject(_));
        let Some(first) = arguments.first().filter(|_| function.keyed) else {
            return;
        };
        if matches!(first.shape, Shape::Bare(_) | Shape::Text) {
            let columns = first.leaks.iter().map(|(column, _)| column).collect();
            let call = (function.name, first.leaks.at());
            self.found.keyed.entry(columns).or_insert(call);
        } else {
            let message = format!("{} takes {KEYED_INPUT}", function.name);
            self.refuse_of(Rule::KeyedArgument, &first.leaks, message);
        }
    }

    /// Whether what stands beside the first argument is what the function asks for; refused where it is not.
    fn companions(
        &mut self,
        function: &'static Function,
        arguments: &[Flow],
        bounds: Option<&String>,
    ) -> bool {
        let mut good = true;
        for (position, flow) in arguments.iter().enumerate() {
            let Some(asked) = self.unaccompanied(function, position, &flow.shape) else {
                continue;
            };
            good = false;
            let why = bounds.map_or_else(String::new, |why| format!(": {why}"));
            let message = format!(
                "{} takes {asked} as argument {}{why}",
                function.name,
                position + 1
            );
            self.refuse_of(Rule::BareArgument, &flow.leaks, message);
        }
        good || !Rule::BareArgument.applies()
    }

    /// What a function asks for at a position, where something else stands there.
    fn unaccompanied(
        &self,
        function: &Function,
        position: usize,
        shape: &Shape,
    ) -> Option<&'static str> {
        let bare = matches!(shape, Shape::Bare(_));
        let constant = matches!(shape, Shape::Constant(_));
        match function.companions {
            Companions::Bare(from) if position >= from && !bare && !constant => {
                Some("a bare column")
            }
            Companions::Identifiers(from) if (position == 0 || position >= from) && !bare => {
                Some("a bare column")
            }
            Companions::Subject(at) if position == at => match shape {
                Shape::Bare(column) if self.identifies(*column) => None,
                _ => Some(
                    "a bare column that identifies the subject (a direct identifier, or the contract's \
                     'veilpoint.subject')",
                ),
            },
            _ => None,
        }
    }

    /// Whether a column identifies a subject: of a column of two values the shift of half of all people is known with
    /// that of one.
    fn identifies(&self, column: usize) -> bool {
        use crate::dataset::contract::Class;
        let named = |subject: &String| subject == self.name(column);
        self.class(column) == Class::DirectIdentifier || self.contract.subject.iter().any(named)
    }

    fn bounds(&self, function: &Function, arguments: &[Flow]) -> Result<(), String> {
        (function.bounds)(&self.seen(arguments))
    }

    /// Arguments as the functions see them.
    fn seen<'f>(&'f self, arguments: &'f [Flow]) -> Vec<Argument<'f>> {
        arguments
            .iter()
            .map(|flow| match &flow.shape {
                Shape::Bare(column) => {
                    match (self.types.get(*column), self.contract.columns.get(*column)) {
                        (Some(data_type), Some(column)) => Argument::Column {
                            data_type,
                            min_step: column.min_step.as_deref(),
                        },
                        _ => Argument::Computed,
                    }
                }
                Shape::Constant(value) => Argument::Constant(value),
                Shape::Text | Shape::Keyed | Shape::Computed => Argument::Computed,
            })
            .collect()
    }

    /// The text of arguments, the same for every way to write them, and another for others.
    pub(super) fn texts(&self, arguments: &[Flow]) -> String {
        let texts: Vec<String> = arguments
            .iter()
            .map(|flow| match &flow.shape {
                Shape::Bare(column) => format!("\"{}\"", self.name(*column)),
                Shape::Constant(value) => constant(value),
                Shape::Text | Shape::Keyed | Shape::Computed => "…".into(),
            })
            .collect();
        texts.join(", ")
    }
}

/// The level to which a function lowers a bare column at a position.
fn level(function: &Function, position: usize) -> Level {
    let level = function.levels.get(position).or(function.levels.last());
    level.copied().unwrap_or(Level::Whole)
}

/// Whether an argument is what a function lowers: a bare column, or the text of some under the key.
fn lowered(function: &Function, position: usize, shape: &Shape) -> bool {
    let keyed = function.keyed && position == 0;
    let lowers = match shape {
        Shape::Bare(_) => true,
        Shape::Text if keyed => true,
        Shape::Constant(_) => false,
        Shape::Text | Shape::Keyed | Shape::Computed => !Lowering::BareColumn.holds(),
    };
    lowers && level(function, position) < Level::Whole
}

/// Whether an argument is one that a call may have and still lower the others: a computed one could measure them, and
/// two calls that differ in it would look alike.
fn plain(function: &Function, position: usize, flow: &Flow) -> bool {
    match flow.shape {
        Shape::Bare(_) | Shape::Constant(_) => true,
        Shape::Text => function.keyed && position == 0,
        Shape::Keyed | Shape::Computed => false,
    }
}

/// A constant that separates and says nothing: no letter and no digit.
fn separator(value: &ScalarValue) -> bool {
    value
        .try_as_str()
        .flatten()
        .is_some_and(|text| !text.chars().any(char::is_alphanumeric))
}

/// A constant's text: numbers of one text may be instants of several units, so all but the common ones say what they
/// are.
fn constant(value: &ScalarValue) -> String {
    match value {
        ScalarValue::Date32(Some(_))
        | ScalarValue::Int64(Some(_))
        | ScalarValue::Float64(Some(_)) => value.to_string(),
        ScalarValue::Utf8(Some(text)) => format!("'{text}'"),
        other => format!("{other:?}"),
    }
}
