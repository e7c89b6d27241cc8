//! Function calls under proof: Veilpoint's own lower bare columns inside their bounds; `DataFusion`'s keep all that they
//! take.

use datafusion_common::ScalarValue;
use datafusion_expr::Expr;
use datafusion_expr::expr::ScalarFunction;

use super::Prover;
use super::dates::DATE_SHIFT;
use super::expressions::Inputs;
use super::flow::{Atom, Flow, Leaks, Shape};
use crate::dataset::rule::{Lowering, Rule};
use crate::functions::{self, Argument, Companions, Function, Level};

/// What a keyed function takes, in words.
const KEYED_INPUT: &str = "bare columns, trim, lower, upper and casts to text of them, and || or concat of these with \
                           separators that hold no letter and no digit";

impl Prover<'_> {
    pub(super) fn call(&mut self, call: &ScalarFunction, inputs: Inputs<'_>) -> Flow {
        let arguments: Vec<Flow> = call
            .args
            .iter()
            .map(|argument| self.value(argument, inputs))
            .collect();
        let name = call.func.name();
        if let Some(function) = functions::find(name) {
            return self.ours(function, call.args.first(), arguments);
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

    /// One of Veilpoint's functions; `written` is its first argument as it stands in the plan.
    fn ours(
        &mut self,
        function: &'static Function,
        written: Option<&Expr>,
        arguments: Vec<Flow>,
    ) -> Flow {
        let bounds = self.bounds(function, &arguments);
        let refused = self.misused(function, written, &arguments, bounds.as_ref().err());
        if function.name == DATE_SHIFT {
            self.shifted(&arguments);
        }
        if let (Companions::Identifiers(_), [first, _, ..]) = (function.companions, &*arguments) {
            let columns = first.leaks.iter().map(|(column, _)| column);
            self.found.redacted.extend(columns);
        }
        let computed: Vec<usize> = (0..)
            .zip(&arguments)
            .filter(|(position, flow)| !plain(function, *position, flow))
            .map(|(position, _)| position)
            .collect();
        let beside = |position| computed.iter().any(|other| *other != position);
        let inside = bounds.is_ok() || !Lowering::InsideBounds.holds();
        // What is refused for a wrong call is refused for that alone.
        let lowers = |position| {
            refused || (inside && (!beside(position) || !Lowering::PlainArguments.holds()))
        };
        let atom = Atom {
            text: format!("{}({})", function.name, self.texts(&arguments)),
            yearly: (function.yearly)(&self.seen(&arguments)),
        };
        let mut leaks = Leaks::default();
        for (position, flow) in arguments.into_iter().enumerate() {
            let lowered = refused || lowered(function, position, &flow.shape);
            leaks.merge(&if lowered && lowers(position) {
                flow.leaks.lowered(level(function, position), &atom)
            } else {
                flow.leaks
            });
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

    /// Refuses a call that is not one that the function is for, and says whether it did.
    fn misused(
        &mut self,
        function: &'static Function,
        written: Option<&Expr>,
        arguments: &[Flow],
        outside: Option<&String>,
    ) -> bool {
        let mut refused = false;
        for flow in arguments {
            refused |= self.operand(flow, function.name);
        }
        refused |= function.named && self.named(function, written, arguments);
        refused |= self.keyed(function, arguments);
        let alone = self.companions(function, arguments, outside);
        refused |= alone;
        match outside {
            Some(why) if !alone => refused | self.outside(function, arguments, why),
            _ => refused,
        }
    }

    /// Refuses a call outside its bounds, where it would lower a protected column.
    fn outside(&mut self, function: &Function, arguments: &[Flow], why: &str) -> bool {
        let mut protected = Leaks::default();
        for (position, flow) in arguments.iter().enumerate() {
            if lowered(function, position, &flow.shape)
                && flow.leaks.iter().any(|(column, _)| self.protected(column))
            {
                protected.merge(&flow.leaks);
            }
        }
        if !function.keyed && protected.is_empty() {
            return false;
        }
        let message = format!("{} is outside its bounds: {why}", function.name);
        self.refuse_of(Rule::Bounds, &protected, message)
    }

    /// Refuses a first argument that is no column under the contract's own name: a chosen number would show what is done
    /// to it, and a chosen name what is done to another column.
    fn named(&mut self, function: &Function, written: Option<&Expr>, arguments: &[Flow]) -> bool {
        let Some(first) = arguments.first() else {
            return false;
        };
        let own = match (&first.shape, written) {
            (Shape::Bare(column), Some(Expr::Column(written))) => {
                written.name == self.name(*column)
            }
            _ => false,
        };
        let message = format!(
            "{} takes a bare column under the name that the contract gives it: its error comes from that name",
            function.name
        );
        !own && self.refuse_of(Rule::BareArgument, &first.leaks, message)
    }

    /// Refuses what is no argument of a keyed function, and notes what is.
    fn keyed(&mut self, function: &'static Function, arguments: &[Flow]) -> bool {
        self.found.uses_keys |=
            function.keyed || matches!(function.companions, Companions::Subject(_));
        let Some(first) = arguments.first().filter(|_| function.keyed) else {
            return false;
        };
        if matches!(first.shape, Shape::Bare(_) | Shape::Text) {
            let columns = first.leaks.iter().map(|(column, _)| column).collect();
            let call = (function.name, first.leaks.at());
            self.found.keyed.entry(columns).or_insert(call);
            return false;
        }
        let message = format!("{} takes {KEYED_INPUT}", function.name);
        self.refuse_of(Rule::KeyedArgument, &first.leaks, message)
    }

    /// Refuses what stands beside the first argument and is not what the function asks for.
    fn companions(
        &mut self,
        function: &'static Function,
        arguments: &[Flow],
        bounds: Option<&String>,
    ) -> bool {
        let mut refused = false;
        for (position, flow) in arguments.iter().enumerate() {
            let Some(asked) = self.unaccompanied(function, position, &flow.shape) else {
                continue;
            };
            let why = bounds.map_or_else(String::new, |why| format!(": {why}"));
            let message = format!(
                "{} takes {asked} as argument {}{why}",
                function.name,
                position + 1
            );
            refused |= self.refuse_of(Rule::BareArgument, &flow.leaks, message);
        }
        refused
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

/// A constant that separates and says nothing: no letter, no digit, and no mark that the letter before it would take up
/// when the text is normalised.
fn separator(value: &ScalarValue) -> bool {
    let plain = |sign: char| {
        (sign.is_ascii() && !sign.is_ascii_alphanumeric())
            || sign == '·'
            || ('\u{2010}'..='\u{2027}').contains(&sign)
    };
    value
        .try_as_str()
        .flatten()
        .is_some_and(|text| text.chars().all(plain))
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
