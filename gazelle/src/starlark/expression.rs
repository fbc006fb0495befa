//! How are expressions read?
//!
//! By a machine with a list of what is open: brackets, and operators that wait for their right side. A name or number,
//! or brackets that close, are an operand; behind it the next token says what becomes of it.

use super::{
    error::SyntaxError,
    parse::{Parser, small},
    syntax::{Entry, Is},
    token::{Dialect, Found, Token},
};

/// How deep a text may be nested.
const MAX_NESTING: usize = 1_000_000;

/// How tight operators bind.
const ALL: u8 = 0;
const CONDITION: u8 = 1;
const COMPARISON: u8 = 5;
const UNARY: u8 = 12;

/// Something that is open.
#[derive(Clone, Copy, Debug)]
pub(super) struct Frame {
    what: What,
    /// Where its entries begin, and where its text does.
    first: u32,
    start: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    /// Something in front of an operand, with what both will be.
    Operator {
        level: u8,
        is: Is,
    },
    /// `a if`, before `else`.
    Condition,
    /// The whole expression: several of them with commas between, if there may be.
    Whole {
        tuple: bool,
        many: bool,
    },
    /// The variables of a `for` statement.
    Variables,
    Paren {
        comma: bool,
    },
    List {
        first: bool,
    },
    Dict(InDict),
    /// What stands behind the first item of a comprehension.
    Clauses {
        of_dict: bool,
        of: Clause,
    },
    /// The function of the arguments that come next.
    Function,
    Args(Order),
    /// An index or slice, and how many colons there were.
    Index {
        colons: u8,
    },
    Params {
        of_lambda: bool,
        may_default: bool,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum InDict {
    FirstKey,
    FirstValue,
    Key,
    Value,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Clause {
    Variables,
    Sequence,
    Condition,
}

/// Which arguments there were.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Order {
    Positional,
    Named,
}

/// What comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Next {
    Operand,
    Behind,
    Done,
}

/// How tight a binary operator binds, and what it makes.
fn binary(token: Token) -> Option<(u8, Is)> {
    let (Token::Mark(text) | Token::Word(text)) = token else { return None };
    Some(match text {
        "is" => (2, Is::Other),
        "or" => (3, Is::Other),
        "and" => (4, Is::Other),
        "<" | ">" | "==" | "<=" | "!=" | ">=" | "in" | "not" => (COMPARISON, Is::Other),
        "|" => (6, Is::Other),
        "^" => (7, Is::Other),
        "&" => (8, Is::Other),
        "<<" | ">>" => (9, Is::Other),
        "+" => (10, Is::Plus),
        "-" => (10, Is::Other),
        "*" | "/" | "%" | "//" => (11, Is::Other),
        _ => return None,
    })
}

impl Parser<'_> {
    /// One expression.
    pub(super) fn test(&mut self) -> Result<(), SyntaxError> {
        self.open(What::Whole { tuple: false, many: false })?;
        self.run(Next::Operand)
    }

    /// One expression, or several with commas between.
    pub(super) fn tests(&mut self) -> Result<(), SyntaxError> {
        self.open(What::Whole { tuple: true, many: false })?;
        self.run(Next::Operand)
    }

    /// What stands between `for` and `in`.
    pub(super) fn loop_variables(&mut self) -> Result<(), SyntaxError> {
        self.open(What::Variables)?;
        self.run(Next::Operand)
    }

    /// The parameters of a function, behind the opening bracket, and the closing one.
    pub(super) fn function_parameters(&mut self) -> Result<(), SyntaxError> {
        self.open(What::Params { of_lambda: false, may_default: false })?;
        let next = self.parameters()?;
        self.run(next)
    }

    pub(super) fn is_in_brackets(&self) -> bool {
        let is_bracket = |frame: &Frame| {
            !matches!(
                frame.what,
                What::Operator { .. } | What::Condition | What::Whole { .. } | What::Variables | What::Function
            )
        };
        self.frames.iter().any(is_bracket)
    }

    fn run(&mut self, mut next: Next) -> Result<(), SyntaxError> {
        loop {
            self.steps += 1;
            next = match next {
                Next::Operand => self.operand()?,
                Next::Behind => self.behind()?,
                Next::Done => return Ok(()),
            };
        }
    }

    /// Something opens with the token that comes next.
    fn open(&mut self, what: What) -> Result<(), SyntaxError> {
        let (first, start) = (self.entries.len(), self.now.start);
        self.push(Frame { what, first: small(first), start: small(start) })
    }

    /// Something opens that began with the last operand.
    fn open_around(&mut self, what: What) -> Result<(), SyntaxError> {
        let Some(Entry { start, size, .. }) = self.entries.last().copied() else { return Err(self.unexpected()) };
        self.push(Frame { what, first: small(self.entries.len()) - size, start })
    }

    fn push(&mut self, frame: Frame) -> Result<(), SyntaxError> {
        if self.frames.len() >= MAX_NESTING {
            let fault = format!("it is nested more than {MAX_NESTING} deep");
            return Err(SyntaxError::at(self.text, self.now.start, fault));
        }
        self.frames.push(frame);
        Ok(())
    }

    /// Puts an entry around all since one.
    fn entry(&mut self, is: Is, first: u32, start: u32) {
        let (end, size) = (small(self.last_end), small(self.entries.len()) - first + 1);
        self.entries.push(Entry { is, start, end, size });
    }

    /// What is open last is closed by the token that comes next.
    fn close(&mut self, is: Is) -> Result<Next, SyntaxError> {
        let Some(Frame { first, start, .. }) = self.frames.pop() else { return Err(self.unexpected()) };
        self.advance()?;
        self.entry(is, first, start);
        Ok(Next::Behind)
    }

    fn leaf(&mut self, is: Is) -> Result<(), SyntaxError> {
        let Found { start, .. } = self.advance()?;
        self.entry(is, small(self.entries.len()), small(start));
        Ok(())
    }

    fn top(&self) -> Option<What> {
        self.frames.last().map(|frame| frame.what)
    }

    fn set_top(&mut self, what: What) {
        if let Some(top) = self.frames.last_mut() {
            top.what = what;
        }
    }

    fn is_variable(&self) -> bool {
        matches!(self.top(), Some(What::Variables | What::Clauses { of: Clause::Variables, .. }))
    }

    fn is_strict(&self) -> bool {
        self.dialect == Dialect::Strict
    }

    /// Only Gazelle reads what comes next.
    fn not_for_bazel(&self, what: &str) -> SyntaxError {
        SyntaxError::at(self.text, self.now.start, format!("Bazel takes no {what} in a BUILD file"))
    }

    fn operand(&mut self) -> Result<Next, SyntaxError> {
        match self.now.token {
            Token::Name => self.leaf(Is::Name)?,
            Token::Str => self.leaf(Is::Str)?,
            Token::Number | Token::Mark(".") => self.number()?,
            Token::Mark("(") => {
                self.open(What::Paren { comma: false })?;
                self.advance()?;
                return if self.is(")") { self.close(Is::Tuple) } else { Ok(Next::Operand) };
            }
            Token::Mark("[") => {
                self.open(What::List { first: true })?;
                self.advance()?;
                return if self.is("]") { self.close(Is::List) } else { Ok(Next::Operand) };
            }
            Token::Mark("{") => {
                self.open(What::Dict(InDict::FirstKey))?;
                self.advance()?;
                return if self.is("}") { self.close(Is::Dict) } else { Ok(Next::Operand) };
            }
            Token::Mark("-" | "+" | "~") | Token::Word("not") if !self.is_variable() => {
                // To Bazel, `not` binds less tight than comparisons.
                let is_tight = matches!(self.top(), Some(What::Operator { level: COMPARISON.., .. }));
                if self.is_strict() && self.is("not") && is_tight && !self.is_behind_not() {
                    return Err(self.not_for_bazel("`not` behind an operator"));
                }
                self.open(What::Operator { level: UNARY, is: Is::Unary })?;
                self.advance()?;
                return Ok(Next::Operand);
            }
            Token::Word("lambda") if !self.is_variable() => {
                if self.is_strict() {
                    return Err(self.not_for_bazel("function"));
                }
                self.open(What::Params { of_lambda: true, may_default: false })?;
                self.advance()?;
                return self.parameters();
            }
            Token::Word("load") if !self.is_strict() => self.load()?,
            _ => return Err(self.unexpected()),
        }
        Ok(Next::Behind)
    }

    fn is_behind_not(&self) -> bool {
        let before = &self.text[..self.last_end];
        before.ends_with("not") && self.frames.last().is_some_and(|frame| frame.start as usize + 3 == self.last_end)
    }

    fn number(&mut self) -> Result<(), SyntaxError> {
        let start = self.now.start;
        if self.take(".")? {
            self.expect_token(Token::Number)?;
        } else {
            self.advance()?;
            if self.take(".")? && self.now.token == Token::Number {
                self.advance()?;
            }
        }
        if self.is_strict() && !is_bazel_number(&self.text[start..self.last_end]) {
            let fault = format!("{:?} is not a number that Bazel takes", &self.text[start..self.last_end]);
            return Err(SyntaxError::at(self.text, start, fault));
        }
        self.entry(Is::Number, small(self.entries.len()), small(start));
        Ok(())
    }

    /// A load statement, which Gazelle reads as an expression.
    fn load(&mut self) -> Result<(), SyntaxError> {
        let (first, start) = (small(self.entries.len()), small(self.now.start));
        self.leaf(Is::Name)?;
        let (first_arg, start_of_args) = (small(self.entries.len()), small(self.now.start));
        self.expect("(")?;
        while self.take(",")? {}
        if self.now.token != Token::Str {
            return Err(self.unexpected());
        }
        self.leaf(Is::Str)?;
        self.expect(",")?;
        while self.take(",")? {}
        loop {
            match self.now.token {
                Token::Str => self.leaf(Is::Str)?,
                Token::Name => {
                    let (first, start) = (small(self.entries.len()), small(self.now.start));
                    self.leaf(Is::ArgName)?;
                    self.expect("=")?;
                    if self.now.token != Token::Str {
                        return Err(self.unexpected());
                    }
                    self.leaf(Is::Str)?;
                    self.entry(Is::Named, first, start);
                }
                _ => return Err(self.unexpected()),
            }
            if !self.take(",")? {
                break;
            }
            if !matches!(self.now.token, Token::Str | Token::Name) {
                while self.take(",")? {}
                break;
            }
        }
        self.expect(")")?;
        self.entry(Is::Args, first_arg, start_of_args);
        self.entry(Is::Call, first, start);
        Ok(())
    }

    /// What becomes of an operand, which is the last entry.
    fn behind(&mut self) -> Result<Next, SyntaxError> {
        match self.now.token {
            Token::Mark(".") => {
                self.advance()?;
                let Some(Entry { start, size, .. }) = self.entries.last().copied() else {
                    return Err(self.unexpected());
                };
                self.expect_token(Token::Name)?;
                self.entry(Is::Dot, small(self.entries.len()) - size, start);
                return Ok(Next::Behind);
            }
            Token::Mark("(") => {
                self.open_around(What::Function)?;
                self.open(What::Args(Order::Positional))?;
                self.advance()?;
                if self.is(")") {
                    return self.close_call();
                }
                if !self.is_strict() {
                    self.commas()?;
                }
                return self.argument();
            }
            Token::Mark("[") => {
                self.open_around(What::Index { colons: 0 })?;
                self.advance()?;
                return if self.is(":") { self.slice() } else { Ok(Next::Operand) };
            }
            _ if self.is_variable() => return self.end_of_test(),
            Token::Word("if") => {
                self.reduce(CONDITION);
                match self.top() {
                    Some(What::Clauses { .. }) => return self.end_of_test(),
                    Some(What::Condition) if self.is_strict() => {
                        return Err(self.not_for_bazel("condition in a condition without brackets"));
                    }
                    _ => self.open_around(What::Condition)?,
                }
                self.advance()?;
                return Ok(Next::Operand);
            }
            Token::Word("else") => {
                self.reduce(ALL);
                if self.top() != Some(What::Condition) {
                    return self.end_of_test();
                }
                self.set_top(What::Operator { level: CONDITION, is: Is::Other });
                self.advance()?;
                return Ok(Next::Operand);
            }
            _ => {}
        }
        let Some((level, is)) = binary(self.now.token) else { return self.end_of_test() };
        if self.is_strict() {
            self.reduce(level + 1);
            let is_chain = matches!(self.top(), Some(What::Operator { level: COMPARISON, .. }));
            if level == COMPARISON && is_chain {
                return Err(self.not_for_bazel("comparison of a comparison without brackets"));
            }
            if self.is("is") {
                return Err(self.not_for_bazel("`is`"));
            }
        }
        self.reduce(level);
        self.open_around(What::Operator { level, is })?;
        if self.advance()?.token == Token::Word("not") {
            self.expect("in")?;
        }
        Ok(Next::Operand)
    }

    /// Ends operators that bind at least so tight.
    fn reduce(&mut self, level: u8) {
        while let Some(Frame { what: What::Operator { level: found, is }, first, start }) = self.frames.last().copied()
            && found >= level
        {
            self.steps += 1;
            self.frames.pop();
            self.entry(is, first, start);
        }
    }

    /// An expression ends before the token that comes next.
    fn end_of_test(&mut self) -> Result<Next, SyntaxError> {
        self.reduce(ALL);
        match self.top() {
            Some(What::Whole { tuple, many }) => {
                if tuple && self.take(",")? {
                    self.set_top(What::Whole { tuple, many: true });
                    return Ok(Next::Operand);
                }
                self.end_of_whole(many)
            }
            Some(What::Variables) => {
                if self.take(",")? {
                    return Ok(Next::Operand);
                }
                self.end_of_whole(true)
            }
            Some(What::Paren { comma }) => {
                let comma = self.commas()? || comma;
                self.set_top(What::Paren { comma });
                if self.is(")") { self.close(if comma { Is::Tuple } else { Is::Paren }) } else { self.item(comma) }
            }
            Some(What::List { first }) => {
                if first && self.is("for") {
                    return self.clause(false);
                }
                let comma = self.commas()?;
                self.set_top(What::List { first: false });
                if self.is("]") { self.close(Is::List) } else { self.item(comma) }
            }
            Some(What::Dict(at)) => self.end_in_dict(at),
            Some(What::Clauses { of_dict, of }) => self.end_of_clause(of_dict, of),
            Some(What::Args(order)) => {
                if self.is("=") {
                    return self.name_of_argument();
                }
                let is_named = matches!(self.entries.last(), Some(Entry { is: Is::Named, .. }));
                if self.is_strict() && order == Order::Named && !is_named {
                    return Err(self.not_for_bazel("argument without a name behind one with a name"));
                }
                if is_named {
                    self.set_top(What::Args(Order::Named));
                }
                let comma = self.commas()?;
                if self.is(")") {
                    return self.close_call();
                }
                if comma { self.argument() } else { Err(self.unexpected()) }
            }
            Some(What::Index { colons }) => {
                if colons == 0 && self.take(",")? {
                    return Ok(Next::Operand);
                }
                if self.is("]") { self.close(Is::Other) } else { self.slice() }
            }
            Some(What::Params { of_lambda, may_default }) => {
                if may_default && self.take("=")? {
                    self.set_top(What::Params { of_lambda, may_default: false });
                    return Ok(Next::Operand);
                }
                self.behind_parameter()
            }
            _ => Err(self.unexpected()),
        }
    }

    fn end_of_whole(&mut self, many: bool) -> Result<Next, SyntaxError> {
        let Some(Frame { first, start, .. }) = self.frames.pop() else { return Err(self.unexpected()) };
        if many {
            self.entry(Is::Other, first, start);
        }
        Ok(Next::Done)
    }

    /// Another item, where there was a comma.
    fn item(&self, comma: bool) -> Result<Next, SyntaxError> {
        if comma { Ok(Next::Operand) } else { Err(self.unexpected()) }
    }

    /// Commas, and whether there is any. Gazelle takes several for one.
    fn commas(&mut self) -> Result<bool, SyntaxError> {
        let any = self.take(",")?;
        if self.is_strict() {
            return Ok(any);
        }
        while self.take(",")? {}
        Ok(any)
    }

    fn end_in_dict(&mut self, at: InDict) -> Result<Next, SyntaxError> {
        if matches!(at, InDict::FirstKey | InDict::Key) {
            if !self.is(":") {
                let is_set = at == InDict::FirstKey && (self.is(",") || self.is("}"));
                let start = self.frames.last().map_or(0, |frame| frame.start as usize);
                let fault = "Bazel knows no sets in braces".to_owned();
                return Err(if is_set { SyntaxError::at(self.text, start, fault) } else { self.unexpected() });
            }
            self.set_top(What::Dict(if at == InDict::FirstKey { InDict::FirstValue } else { InDict::Value }));
            self.open_around(What::Operator { level: ALL, is: Is::Pair })?;
            self.advance()?;
            return Ok(Next::Operand);
        }
        if at == InDict::FirstValue && self.is("for") {
            return self.clause(true);
        }
        let comma = self.commas()?;
        if self.is("}") {
            return self.close(Is::Dict);
        }
        self.set_top(What::Dict(InDict::Key));
        self.item(comma)
    }

    /// The first clause of a comprehension.
    fn clause(&mut self, of_dict: bool) -> Result<Next, SyntaxError> {
        self.set_top(What::Clauses { of_dict, of: Clause::Variables });
        self.advance()?;
        Ok(Next::Operand)
    }

    fn end_of_clause(&mut self, of_dict: bool, of: Clause) -> Result<Next, SyntaxError> {
        if of != Clause::Variables && self.is(if of_dict { "}" } else { "]" }) {
            return self.close(Is::Other);
        }
        let of = match self.now.token {
            Token::Mark(",") if of == Clause::Variables => of,
            Token::Word("in") if of == Clause::Variables => Clause::Sequence,
            Token::Word("for") if of != Clause::Variables => Clause::Variables,
            Token::Word("if") if of != Clause::Variables => Clause::Condition,
            _ => return Err(self.unexpected()),
        };
        self.set_top(What::Clauses { of_dict, of });
        self.advance()?;
        Ok(Next::Operand)
    }

    fn argument(&mut self) -> Result<Next, SyntaxError> {
        if self.is("*") || self.is("**") {
            if self.is_strict() {
                return Err(self.not_for_bazel("`*` and `**` in a call"));
            }
            self.open(What::Operator { level: ALL, is: Is::Star })?;
            self.advance()?;
        }
        Ok(Next::Operand)
    }

    /// What was read is the name of an argument.
    fn name_of_argument(&mut self) -> Result<Next, SyntaxError> {
        match self.entries.last_mut() {
            Some(entry) if entry.is == Is::Name => entry.is = Is::ArgName,
            _ => return Err(self.unexpected()),
        }
        self.open_around(What::Operator { level: ALL, is: Is::Named })?;
        self.advance()?;
        Ok(Next::Operand)
    }

    fn close_call(&mut self) -> Result<Next, SyntaxError> {
        self.close(Is::Args)?;
        let Some(Frame { first, start, .. }) = self.frames.pop() else { return Err(self.unexpected()) };
        self.entry(Is::Call, first, start);
        Ok(Next::Behind)
    }

    /// A slice before its next colon.
    fn slice(&mut self) -> Result<Next, SyntaxError> {
        while let Some(What::Index { colons }) = self.top()
            && !self.is("]")
        {
            if colons == 2 {
                return Err(self.unexpected());
            }
            self.expect(":")?;
            self.set_top(What::Index { colons: colons + 1 });
            if !self.is(":") && !self.is("]") {
                return Ok(Next::Operand);
            }
        }
        self.close(Is::Other)
    }

    /// Parameters up to one with an expression, or to the last one.
    fn parameters(&mut self) -> Result<Next, SyntaxError> {
        let Some(What::Params { of_lambda, .. }) = self.top() else { return Err(self.unexpected()) };
        let close = if of_lambda { ":" } else { ")" };
        while !self.is(close) {
            let is_star = self.is("*");
            let has_stars = self.take("*")? || self.take("**")?;
            let is_bare = is_star && self.now.token != Token::Name;
            if !is_bare {
                if self.now.token != Token::Name {
                    return Err(self.unexpected());
                }
                self.leaf(Is::Name)?;
                if !of_lambda && self.take(":")? {
                    self.set_top(What::Params { of_lambda, may_default: !has_stars });
                    return Ok(Next::Operand);
                }
                if !has_stars && self.is("=") {
                    if let Some(name) = self.entries.last_mut() {
                        name.is = Is::ArgName;
                    }
                    self.advance()?;
                    self.set_top(What::Params { of_lambda, may_default: false });
                    return Ok(Next::Operand);
                }
            }
            if !self.take(",")? {
                break;
            }
        }
        self.end_of_parameters(of_lambda)
    }

    fn behind_parameter(&mut self) -> Result<Next, SyntaxError> {
        let Some(What::Params { of_lambda, .. }) = self.top() else { return Err(self.unexpected()) };
        if self.take(",")? { self.parameters() } else { self.end_of_parameters(of_lambda) }
    }

    fn end_of_parameters(&mut self, of_lambda: bool) -> Result<Next, SyntaxError> {
        self.expect(if of_lambda { ":" } else { ")" })?;
        if of_lambda {
            self.set_top(What::Operator { level: ALL, is: Is::Other });
            return Ok(Next::Operand);
        }
        self.frames.pop();
        Ok(Next::Done)
    }
}

/// Whether Bazel takes a literal for a number.
fn is_bazel_number(text: &str) -> bool {
    let all = |digits: &str, is: fn(&u8) -> bool| !digits.is_empty() && digits.bytes().all(|byte| is(&byte));
    if let Some(("0", digits)) = text.split_at_checked(1)
        && let Some(mark) = digits.bytes().next()
        && mark.is_ascii_alphabetic()
        && !matches!(mark, b'e' | b'E')
    {
        let digits = &digits[1..];
        return match mark {
            b'x' | b'X' => all(digits, u8::is_ascii_hexdigit),
            b'o' | b'O' => all(digits, |byte| (b'0'..=b'7').contains(byte)),
            b'b' | b'B' => all(digits, |byte| matches!(byte, b'0' | b'1')),
            _ => false,
        };
    }
    if all(text, u8::is_ascii_digit) {
        return text == "0" || !text.starts_with('0');
    }
    let is_float = text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'e' | b'E' | b'+' | b'-'));
    is_float && text.parse::<f64>().is_ok_and(f64::is_finite)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_for_bazel() {
        for good in ["0", "17", "0x1F", "0o17", "0b101", "1.", "1.5", ".5", "1e3", "1.5e-3", "0.5", "0e1", "1E+3"] {
            assert!(is_bazel_number(good), "{good}");
        }
        for bad in ["017", "00", "1_000", "1j", "0x", "0o8", "0b2", "1abc", "1e", "1e999", "1 . 5", "0xg", "1e+", ""] {
            assert!(!is_bazel_number(bad), "{bad}");
        }
    }
}
