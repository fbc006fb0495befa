//! Which functions does a script export, and which does it call? A few declarations of TypeScript say so.

use std::{collections::BTreeSet, fmt, iter::Peekable, str::CharIndices};

/// The functions of a module that is made of a script, read from declarations:
///
/// ```
/// use dorcas_script::Interface;
///
/// let interface: Interface = r#"
///   declare module 'main' { export function greet(times: I32): I64; }
///   declare module 'extism:host' { interface user { notify(level: F64): void; } }
/// "#.parse()?;
/// assert_eq!(interface.exports[0].to_string(), "greet(times: I32): I64");
/// assert_eq!(interface.imports[0].name(), "extism:host/user");
///
/// let error = "declare module 'main' { export function f(x: string): I32; }".parse::<Interface>().unwrap_err();
/// assert_eq!(error.to_string(), "1:46: `string` is no type of a parameter: there are I32, I64, F32 and F64");
/// # Ok::<(), dorcas_script::InterfaceError>(())
/// ```
///
/// `'main'` has the exports. Any other module has imports: functions of its own, and interfaces, whose functions are
/// imported from `MODULE/INTERFACE`. What is declared twice in parts is put together. Comments are left out, and so
/// is `type I32 = number`, which tells an editor what these names are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Interface {
    /// What the script exports, in the order of the declarations.
    pub exports: Vec<Function>,
    /// What it calls.
    pub imports: Vec<HostInterface>,
}

/// Functions that are imported from one module.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct HostInterface {
    /// The module in which they are declared: `extism:host`.
    pub module: String,
    /// The interface there, if they are in one.
    pub interface: Option<String>,
    /// At least one.
    pub functions: Vec<Function>,
}

/// A function of numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Function {
    /// Its name.
    pub name: String,
    /// Name and type of each parameter: at most [`MAX_PARAMS`].
    pub params: Vec<(String, Type)>,
    /// `None` for `void`.
    pub result: Option<Type>,
    /// Where it is declared.
    pub at: Position,
}

/// A type of WebAssembly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    /// A number in the script, an integer.
    I32,
    /// A `BigInt` in the script.
    I64,
    /// A number in the script.
    F32,
    /// A number in the script.
    F64,
}

/// A place in a text. It says nothing about what is there: any two are equal.
#[derive(Clone, Copy, Debug)]
pub struct Position {
    /// From 1.
    pub line: u32,
    /// From 1, in characters.
    pub column: u32,
}

/// Most parameters of a function: WebAssembly has no more. A host can have a lower limit.
pub const MAX_PARAMS: usize = 1_000;

/// Most bytes of the names of all exports.
pub const MAX_NAME_BYTES: usize = 65_536;

/// Declarations that are none of an interface.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{at}: {problem}")]
#[non_exhaustive]
pub struct InterfaceError {
    /// Where.
    pub at: Position,
    /// What is wrong there.
    pub problem: InterfaceProblem,
}

/// What is wrong with declarations.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InterfaceProblem {
    /// Something else stands there.
    #[error("{found} where {expected} should be")]
    Unexpected {
        /// What is there.
        found: String,
        /// What could be.
        expected: &'static str,
    },
    /// A type that there isn't.
    #[error("`{found}` is no type of a parameter: there are I32, I64, F32 and F64")]
    Param {
        /// The type.
        found: String,
    },
    /// The same, of a result.
    #[error("`{found}` is no type of a result: there are I32, I64, F32, F64 and void")]
    Result {
        /// The type.
        found: String,
    },
    /// A function without one.
    #[error("`{function}` has no type of its result: write `: void` if it has none")]
    NoResult {
        /// The function.
        function: String,
    },
    /// Two functions of a name.
    #[error("`{function}` is declared twice: a function has one type")]
    Twice {
        /// The name.
        function: String,
    },
    /// A name that the module itself needs.
    #[error("`{function}` is an export that every module has: give the function another name")]
    Taken {
        /// The name.
        function: String,
    },
    /// Too many parameters.
    #[error("`{function}` has more than {MAX_PARAMS} parameters")]
    Params {
        /// The function.
        function: String,
    },
    /// Too many exports, or names too long.
    #[error("the names of the exports have more than {MAX_NAME_BYTES} bytes")]
    Names,
    /// An interface in `main`, where the exports are.
    #[error("`main` has an interface: its functions are the script's, `export function name(): I32`")]
    InterfaceInMain,
    /// A type with another meaning.
    #[error("`{name}` is {expected} here, and can't be declared as something else")]
    Alias {
        /// The type.
        name: String,
        /// What it is.
        expected: &'static str,
    },
}

impl PartialEq for Position {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Position {}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

impl Type {
    const ALL: [Self; 4] = [Self::I32, Self::I64, Self::F32, Self::F64];

    fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|ty| ty.to_string() == name)
    }

    /// What it is in the script.
    fn in_script(self) -> &'static str {
        if self == Self::I64 { "bigint" } else { "number" }
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::I32 => "I32",
            Self::I64 => "I64",
            Self::F32 => "F32",
            Self::F64 => "F64",
        })
    }
}

impl fmt::Display for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}(", self.name)?;
        for (position, (name, ty)) in self.params.iter().enumerate() {
            write!(f, "{}{name}: {ty}", if position == 0 { "" } else { ", " })?;
        }
        match self.result {
            Some(ty) => write!(f, "): {ty}"),
            None => f.write_str("): void"),
        }
    }
}

impl HostInterface {
    /// The module from which the functions are imported.
    pub fn name(&self) -> String {
        match &self.interface {
            Some(interface) => format!("{}/{interface}", self.module),
            None => self.module.clone(),
        }
    }
}

/// The declarations again, in one order.
impl fmt::Display for Interface {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.exports.is_empty() {
            f.write_str("declare module 'main' {\n")?;
            self.exports.iter().try_for_each(|function| writeln!(f, "  export function {function};"))?;
            f.write_str("}\n")?;
        }
        for host in &self.imports {
            let quote = if host.module.contains('\'') { '"' } else { '\'' };
            writeln!(f, "declare module {quote}{}{quote} {{", host.module)?;
            if let Some(interface) = &host.interface {
                writeln!(f, "  interface {interface} {{")?;
                host.functions.iter().try_for_each(|function| writeln!(f, "    {function};"))?;
                f.write_str("  }\n")?;
            } else {
                host.functions.iter().try_for_each(|function| writeln!(f, "  export function {function};"))?;
            }
            f.write_str("}\n")?;
        }
        Ok(())
    }
}

impl std::str::FromStr for Interface {
    type Err = InterfaceError;

    fn from_str(text: &str) -> Result<Self, InterfaceError> {
        let mut reader = Reader { tokens: Tokens::new(text), next: None, after: Position { line: 1, column: 1 } };
        let mut interface = Self::default();
        while reader.peek()?.token != Token::End {
            reader.declaration(&mut interface)?;
        }
        // `a/b` can be a module, and an interface `b` of `a`.
        let mut imports = BTreeSet::new();
        for host in &interface.imports {
            for function in &host.functions {
                let import = (host.name(), &function.name);
                if !imports.insert(import) {
                    return wrong(function.at, InterfaceProblem::Twice { function: function.name.clone() });
                }
            }
        }
        let bytes: usize = interface.exports.iter().map(|function| function.name.len()).sum();
        match interface.exports.last() {
            Some(last) if bytes > MAX_NAME_BYTES => {
                Err(InterfaceError { at: last.at, problem: InterfaceProblem::Names })
            }
            _ => Ok(interface),
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Name(String),
    Text(String),
    Sign(char),
    End,
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => write!(f, "`{name}`"),
            Self::Text(text) => write!(f, "'{text}'"),
            Self::Sign(sign) => write!(f, "`{sign}`"),
            Self::End => f.write_str("the end of the file is"),
        }
    }
}

#[derive(Clone)]
struct Placed {
    token: Token,
    at: Position,
}

type Result<T, E = InterfaceError> = std::result::Result<T, E>;

fn wrong<T>(at: Position, problem: InterfaceProblem) -> Result<T> {
    Err(InterfaceError { at, problem })
}

fn unexpected<T>(placed: &Placed, expected: &'static str) -> Result<T> {
    let found = if placed.token == Token::End { placed.token.to_string() } else { format!("{} is", placed.token) };
    wrong(placed.at, InterfaceProblem::Unexpected { found, expected })
}

struct Tokens<'t> {
    text: &'t str,
    chars: Peekable<CharIndices<'t>>,
    at: Position,
}

/// What a name begins with, and what it goes on with.
fn begins_name(c: char) -> bool {
    c.is_alphabetic() || matches!(c, '_' | '$')
}

fn goes_on(c: char) -> bool {
    begins_name(c) || c.is_numeric()
}

impl<'t> Tokens<'t> {
    fn new(text: &'t str) -> Self {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        Self { text, chars: text.char_indices().peekable(), at: Position { line: 1, column: 1 } }
    }

    fn bump(&mut self) -> Option<char> {
        let (_, c) = self.chars.next()?;
        if c == '\n' {
            self.at = Position { line: self.at.line.saturating_add(1), column: 1 };
        } else {
            self.at.column = self.at.column.saturating_add(1);
        }
        Some(c)
    }

    fn peek(&mut self) -> Option<char> {
        self.chars.peek().map(|(_, c)| *c)
    }

    fn place(&mut self) -> usize {
        self.chars.peek().map_or(self.text.len(), |(place, _)| *place)
    }

    fn next(&mut self) -> Result<Placed> {
        loop {
            let (at, place) = (self.at, self.place());
            let Some(c) = self.bump() else { return Ok(Placed { token: Token::End, at }) };
            let token = match c {
                c if c.is_whitespace() => continue,
                '/' if self.peek() == Some('/') => {
                    while self.peek().is_some_and(|c| c != '\n') {
                        self.bump();
                    }
                    continue;
                }
                '/' if self.peek() == Some('*') => {
                    self.bump();
                    self.comment(at)?;
                    continue;
                }
                quote @ ('\'' | '"') => self.text(quote, at)?,
                c if begins_name(c) => {
                    while self.peek().is_some_and(goes_on) {
                        self.bump();
                    }
                    let end = self.place();
                    Token::Name(self.text[place..end].to_owned())
                }
                sign => Token::Sign(sign),
            };
            return Ok(Placed { token, at });
        }
    }

    fn comment(&mut self, at: Position) -> Result<()> {
        let mut star = false;
        while let Some(c) = self.bump() {
            if star && c == '/' {
                return Ok(());
            }
            star = c == '*';
        }
        let found = "the end of the file is".to_owned();
        wrong(at, InterfaceProblem::Unexpected { found, expected: "the end of this comment" })
    }

    /// The rest of a text in quotes: no line ends in it, and nothing is escaped.
    fn text(&mut self, quote: char, at: Position) -> Result<Token> {
        let begin = self.place();
        loop {
            let (here, end) = (self.at, self.place());
            match self.bump() {
                Some(c) if c == quote => return Ok(Token::Text(self.text[begin..end].to_owned())),
                Some(c) if c == '\\' || c.is_control() => {
                    let found = format!("`{}` is", c.escape_default());
                    return wrong(
                        here,
                        InterfaceProblem::Unexpected { found, expected: "a character of a module's name" },
                    );
                }
                Some(_) => {}
                None => {
                    let found = "the end of the file is".to_owned();
                    return wrong(at, InterfaceProblem::Unexpected { found, expected: "the end of this name" });
                }
            }
        }
    }
}

struct Reader<'t> {
    tokens: Tokens<'t>,
    next: Option<Placed>,
    /// Where the last token was.
    after: Position,
}

impl Reader<'_> {
    fn peek(&mut self) -> Result<Placed> {
        if self.next.is_none() {
            self.next = Some(self.tokens.next()?);
        }
        Ok(self.next.clone().expect("it was just read"))
    }

    fn take(&mut self) -> Result<Placed> {
        let placed = self.peek()?;
        self.next = None;
        self.after = placed.at;
        Ok(placed)
    }

    /// Takes a sign or a word, if it is there.
    fn has(&mut self, token: &Token) -> Result<bool> {
        let is_there = self.peek()?.token == *token;
        if is_there {
            self.take()?;
        }
        Ok(is_there)
    }

    fn has_word(&mut self, word: &str) -> Result<bool> {
        self.has(&Token::Name(word.to_owned()))
    }

    fn sign(&mut self, sign: char, expected: &'static str) -> Result<()> {
        let placed = self.take()?;
        if placed.token == Token::Sign(sign) { Ok(()) } else { unexpected(&placed, expected) }
    }

    fn name(&mut self, expected: &'static str) -> Result<(String, Position)> {
        let placed = self.take()?;
        match placed.token {
            Token::Name(name) => Ok((name, placed.at)),
            _ => unexpected(&placed, expected),
        }
    }

    fn declaration(&mut self, interface: &mut Interface) -> Result<()> {
        const EXPECTED: &str = "`declare module 'NAME' {`";
        if self.has(&Token::Sign(';'))? {
            return Ok(());
        }
        let declared = self.has_word("declare")?;
        if self.has_word("type")? {
            return self.alias();
        }
        let placed = self.take()?;
        if !declared || placed.token != Token::Name("module".to_owned()) {
            return unexpected(&placed, EXPECTED);
        }
        let placed = self.take()?;
        let Token::Text(module) = placed.token else { return unexpected(&placed, "the module's name in quotes") };
        self.sign('{', "`{`")?;
        while !self.has(&Token::Sign('}'))? {
            self.member(&module, interface)?;
        }
        Ok(())
    }

    /// `type I32 = number;`
    fn alias(&mut self) -> Result<()> {
        let (name, at) = self.name("I32, I64, F32 or F64")?;
        let Some(ty) = Type::named(&name) else {
            let found = format!("`{name}` is");
            return wrong(at, InterfaceProblem::Unexpected { found, expected: "I32, I64, F32 or F64" });
        };
        self.sign('=', "`=`")?;
        let (is, at) = self.name("`number` or `bigint`")?;
        if is != ty.in_script() {
            return wrong(at, InterfaceProblem::Alias { name, expected: ty.in_script() });
        }
        self.has(&Token::Sign(';'))?;
        Ok(())
    }

    fn member(&mut self, module: &str, interface: &mut Interface) -> Result<()> {
        if self.has(&Token::Sign(';'))? {
            return Ok(());
        }
        self.has_word("export")?;
        let placed = self.take()?;
        let is = |word: &str| placed.token == Token::Name(word.to_owned());
        if is("type") {
            return self.alias();
        }
        if is("function") {
            let function = self.function()?;
            self.has(&Token::Sign(';'))?;
            if module == "main" {
                if TAKEN.contains(&&*function.name) {
                    return wrong(function.at, InterfaceProblem::Taken { function: function.name });
                }
                return add(&mut interface.exports, function);
            }
            return add(interface.functions(module, None), function);
        }
        if is("interface") {
            if module == "main" {
                return wrong(placed.at, InterfaceProblem::InterfaceInMain);
            }
            let (name, _) = self.name("the interface's name")?;
            self.sign('{', "`{`")?;
            while !self.has(&Token::Sign('}'))? {
                if self.has(&Token::Sign(';'))? || self.has(&Token::Sign(','))? {
                    continue;
                }
                let function = self.function()?;
                add(interface.functions(module, Some(&name)), function)?;
            }
            return Ok(());
        }
        unexpected(&placed, if module == "main" { "`export function`" } else { "`interface` or `function`" })
    }

    /// `name(a: I32, b: F64): I64`
    fn function(&mut self) -> Result<Function> {
        let (name, at) = self.name("a function's name")?;
        self.sign('(', "`(`")?;
        let mut params = Vec::new();
        while !self.has(&Token::Sign(')'))? {
            let (param, at) = self.name("a parameter, or `)`")?;
            if params.len() == MAX_PARAMS {
                return wrong(at, InterfaceProblem::Params { function: name });
            }
            self.sign(':', "`:` and the parameter's type")?;
            params.push((param, self.param_type()?));
            if !self.has(&Token::Sign(','))? {
                self.sign(')', "`,` or `)`")?;
                break;
            }
        }
        if !self.has(&Token::Sign(':'))? {
            return wrong(self.peek()?.at, InterfaceProblem::NoResult { function: name });
        }
        let (ty, place) = self.name("the type of the result")?;
        let result = match Type::named(&ty) {
            None if ty != "void" => return wrong(place, InterfaceProblem::Result { found: ty }),
            result => result,
        };
        Ok(Function { name, params, result, at })
    }

    fn param_type(&mut self) -> Result<Type> {
        let (found, at) = self.name("the parameter's type")?;
        Type::named(&found).map_or_else(|| wrong(at, InterfaceProblem::Param { found }), Ok)
    }
}

/// Exports that a module has, whatever the script.
const TAKEN: [&str; 4] = ["memory", "_initialize", "_start", "dorcas_panic"];

fn add(functions: &mut Vec<Function>, function: Function) -> Result<()> {
    if functions.iter().any(|other| other.name == function.name) {
        return wrong(function.at, InterfaceProblem::Twice { function: function.name });
    }
    functions.push(function);
    Ok(())
}

impl Interface {
    /// The functions of a module or an interface, which may be the first.
    fn functions(&mut self, module: &str, interface: Option<&str>) -> &mut Vec<Function> {
        let is_it = |host: &HostInterface| host.module == module && host.interface.as_deref() == interface;
        let place = self.imports.iter().position(is_it).unwrap_or_else(|| {
            let interface = interface.map(str::to_owned);
            self.imports.push(HostInterface { module: module.to_owned(), interface, functions: Vec::new() });
            self.imports.len() - 1
        });
        &mut self.imports[place].functions
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the design that this follows.
    const EXAMPLE: &str = "\
        declare module 'main' {\n  export function greet(): I32;\n}\n\
        declare module 'extism:host' {\n  interface user {\n    myHostFunction1(p: I32, q: I32): I32;\n    \
        myHostFunction2(p: I32): I64;\n  }\n}\n";

    #[test]
    fn the_example_is_read_and_printed() {
        let interface: Interface = EXAMPLE.parse().unwrap();
        assert_eq!(interface.exports.len(), 1);
        assert_eq!(interface.imports[0].functions.len(), 2);
        assert_eq!(interface.to_string().parse(), Ok(interface.clone()));
        assert_eq!(interface.to_string().replace([' ', '\n'], ""), EXAMPLE.replace([' ', '\n'], ""));
    }

    #[test]
    fn parts_of_a_module_are_put_together() {
        let text = "declare module 'h' { interface a { f(): I32 } interface b { f(): I64; } function g(x: F32,): void }\n\
            /* a /* b */ declare module \"main\" { function one(): void; } // the end\n\
            declare module 'h' { export interface a { g(): F64, h(): F32 } }\n\
            declare module 'main' { export function two(): void }\ntype I64 = bigint;";
        let interface: Interface = text.parse().unwrap();
        let names: Vec<_> = interface.imports.iter().map(HostInterface::name).collect();
        assert_eq!(names, ["h/a", "h/b", "h"]);
        assert_eq!(interface.imports[0].functions.len(), 3);
        assert_eq!(interface.exports.len(), 2);
        assert_eq!(interface.to_string().parse(), Ok(interface));
    }

    #[test]
    fn each_fault_has_its_place() {
        for (text, error) in [
            ("x", "1:1: `x` is where `declare module 'NAME' {` should be"),
            ("declare module main {}", "1:16: `main` is where the module's name in quotes should be"),
            ("declare module 'main' {", "1:24: the end of the file is where `export function` should be"),
            ("declare module 'main", "1:16: the end of the file is where the end of this name should be"),
            ("declare module 'a\\n' {}", "1:18: `\\\\` is where a character of a module's name should be"),
            ("/* declare", "1:1: the end of the file is where the end of this comment should be"),
            (
                "declare module 'main' {\n  export const x: I32;\n}",
                "2:10: `const` is where `export function` should be",
            ),
            ("declare module 'main' { function f<T>(): I32 }", "1:35: `<` is where `(` should be"),
            (
                "declare module 'main' { function f(x?: I32): I32 }",
                "1:37: `?` is where `:` and the parameter's type should be",
            ),
            (
                "declare module 'main' { function f(x: void): I32 }",
                "1:39: `void` is no type of a parameter: there are I32, I64, F32 and F64",
            ),
            (
                "declare module 'main' { function f(): number }",
                "1:39: `number` is no type of a result: there are I32, I64, F32, F64 and void",
            ),
            (
                "declare module 'main' { function f(); }",
                "1:37: `f` has no type of its result: write `: void` if it has none",
            ),
            ("declare module 'main' { function f(): I32[]; }", "1:42: `[` is where `export function` should be"),
            (
                "declare module 'main' { function f(): I32; function f(): I32; }",
                "1:53: `f` is declared twice: a function has one type",
            ),
            (
                "declare module 'main' { function memory(): I32; }",
                "1:34: `memory` is an export that every module has: give the function another name",
            ),
            (
                "declare module 'main' { interface user {} }",
                "1:25: `main` has an interface: its functions are the script's, `export function name(): I32`",
            ),
            ("declare module 'h' { interface user { f: I32 } }", "1:40: `:` is where `(` should be"),
            (
                "declare module 'h' { interface u { é(): I32; é(): I32 } }",
                "1:46: `é` is declared twice: a function has one type",
            ),
            ("type I64 = number;", "1:12: `I64` is bigint here, and can't be declared as something else"),
        ] {
            assert_eq!(text.parse::<Interface>().map_err(|error| error.to_string()), Err(error.to_owned()), "{text}");
        }
    }

    #[test]
    fn bounds_are_kept() {
        let of = |params: usize| {
            let params: Vec<_> = (0..params).map(|param| format!("p{param}: I32")).collect();
            format!("declare module 'main' {{ function f({}): I32 }}", params.join(", ")).parse::<Interface>()
        };
        assert_eq!(of(MAX_PARAMS).unwrap().exports[0].params.len(), MAX_PARAMS);
        assert!(matches!(of(MAX_PARAMS + 1).unwrap_err().problem, InterfaceProblem::Params { .. }));
        let named = |bytes: usize| {
            format!("declare module 'main' {{ function {}(): void }}", "f".repeat(bytes)).parse::<Interface>()
        };
        assert!(named(MAX_NAME_BYTES).is_ok());
        assert_eq!(named(MAX_NAME_BYTES + 1).unwrap_err().problem, InterfaceProblem::Names);
    }
}
