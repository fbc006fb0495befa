//! How are statements read?
//!
//! The grammar is that of Gazelle's reader, but for sets in braces, which Bazel doesn't know. Blocks and brackets that
//! are open stand in lists of their own, so that a text takes no stack, and each token is looked at once. The first
//! fault ends the reading.

use super::{
    error::SyntaxError,
    expression::Frame,
    syntax::{Does, Entry, MAX_TEXT_BYTES, Statement, Syntax},
    token::{Dialect, Found, Lexer, Token},
};
use crate::stop;

/// Most tokens between two looks whether the run has to end.
const UNASKED: usize = 4_096;

pub(super) struct Parser<'a> {
    pub(super) text: &'a str,
    pub(super) dialect: Dialect,
    lexer: Lexer<'a>,
    /// The token that comes next.
    pub(super) now: Found,
    /// Where the last token ended that is neither the end of a line nor a comment.
    pub(super) last_end: usize,
    pub(super) entries: Vec<Entry>,
    /// What is open within an expression.
    pub(super) frames: Vec<Frame>,
    statements: Vec<Statement>,
    /// The blocks that are open.
    blocks: Vec<Block>,
    /// Where the statement at the top begins that is read.
    top: usize,
    first_entry: usize,
    does: Does,
    /// How often something was looked at.
    pub(super) steps: usize,
    tokens: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Block {
    /// One behind which `elif` and `else` may follow.
    If,
    Other,
}

/// Reads a file.
pub(super) fn file(text: &str) -> Result<Syntax<'_>, SyntaxError> {
    let mut parser = Parser::new(text, Dialect::File)?;
    parser.statements()?;
    Ok(parser.finish())
}

/// Reads one expression as it can stand in a BUILD file, blanks around it left aside.
pub(super) fn expression(text: &str) -> Result<Syntax<'_>, SyntaxError> {
    let mut parser = Parser::new(text, Dialect::Strict)?;
    let start = parser.now.start;
    parser.test()?;
    if parser.now.token != Token::End {
        return Err(parser.unexpected());
    }
    let (end, entries) = (parser.last_end, 0..parser.entries.len());
    parser.statements.push(Statement { does: Does::Evaluate, start, end, entries });
    Ok(parser.finish())
}

impl<'a> Parser<'a> {
    fn new(text: &'a str, dialect: Dialect) -> Result<Self, SyntaxError> {
        if text.len() > MAX_TEXT_BYTES {
            let fault = format!("it has {} bytes; a text may have {MAX_TEXT_BYTES}", text.len());
            return Err(SyntaxError { line: 1, column: 1, fault });
        }
        let mut parser = Self {
            text,
            dialect,
            lexer: Lexer::new(text, dialect),
            now: Found { token: Token::Newline, start: 0, end: 0 },
            last_end: 0,
            entries: Vec::new(),
            frames: Vec::new(),
            statements: Vec::new(),
            blocks: Vec::new(),
            top: 0,
            first_entry: 0,
            does: Does::Other,
            steps: 0,
            tokens: 0,
        };
        parser.advance()?;
        Ok(parser)
    }

    fn finish(self) -> Syntax<'a> {
        let (comments, bytes) = self.lexer.finish();
        Syntax::new(self.text, self.entries, self.statements, (comments, bytes + self.steps))
    }

    /// Goes on to the next token.
    pub(super) fn advance(&mut self) -> Result<Found, SyntaxError> {
        let found = self.now;
        self.steps += 1;
        self.tokens += 1;
        if self.tokens.is_multiple_of(UNASKED) && stop::is_set() {
            return Err(SyntaxError::stopped());
        }
        if !matches!(found.token, Token::Newline | Token::Comment | Token::Indent | Token::Unindent | Token::End) {
            self.last_end = found.end;
        }
        self.now = self.lexer.next()?;
        Ok(found)
    }

    pub(super) fn is(&self, mark: &str) -> bool {
        matches!(self.now.token, Token::Mark(text) | Token::Word(text) if text == mark)
    }

    /// Goes on behind a mark or word, if it is what comes next.
    pub(super) fn take(&mut self, mark: &str) -> Result<bool, SyntaxError> {
        let is = self.is(mark);
        if is {
            self.advance()?;
        }
        Ok(is)
    }

    pub(super) fn expect(&mut self, mark: &str) -> Result<Found, SyntaxError> {
        if self.is(mark) { self.advance() } else { Err(self.unexpected()) }
    }

    pub(super) fn expect_token(&mut self, token: Token) -> Result<Found, SyntaxError> {
        if self.now.token == token { self.advance() } else { Err(self.unexpected()) }
    }

    /// What comes next can't come here.
    pub(super) fn unexpected(&self) -> SyntaxError {
        let Found { token, start, .. } = self.now;
        let is_end = self.text.as_bytes()[start..].iter().all(u8::is_ascii_whitespace);
        match token {
            Token::End if self.is_in_brackets() => SyntaxError::makes_no_sense(self.text, self.top),
            Token::Newline if !is_end => SyntaxError::at(self.text, start, "the line ends too early".into()),
            Token::End | Token::Newline => {
                let last = self.text.len().saturating_sub(1);
                SyntaxError::at(self.text, last, "the file ends too early".into())
            }
            _ => SyntaxError::makes_no_sense(self.text, start),
        }
    }

    fn statements(&mut self) -> Result<(), SyntaxError> {
        loop {
            match self.now.token {
                Token::Newline | Token::Comment => {
                    self.advance()?;
                }
                Token::End => return Ok(()),
                Token::Unindent => {
                    self.advance()?;
                    let Some(block) = self.blocks.pop() else { return Err(self.unexpected()) };
                    if let Some(next) = self.alternative(block)? {
                        self.suite(next)?;
                    }
                }
                _ => self.statement()?,
            }
        }
    }

    fn statement(&mut self) -> Result<(), SyntaxError> {
        self.begin();
        if self.take("def")? {
            let Found { start, end, .. } = self.expect_token(Token::Name)?;
            if self.blocks.is_empty() {
                self.does = Does::Define(small(start), small(end));
            }
            self.expect("(")?;
            self.function_parameters()?;
            if self.take("->")? {
                self.test()?;
            }
            self.suite(Block::Other)
        } else if self.take("for")? {
            self.loop_variables()?;
            self.expect("in")?;
            self.tests()?;
            self.suite(Block::Other)
        } else if self.take("if")? {
            self.tests()?;
            self.suite(Block::If)
        } else {
            self.simple_statements()
        }
    }

    /// A statement begins, at the top if no block is open.
    fn begin(&mut self) {
        if self.blocks.is_empty() {
            (self.top, self.first_entry, self.does) = (self.now.start, self.entries.len(), Does::Other);
        }
    }

    /// What was read since is a statement, if it stands at the top.
    fn end(&mut self) {
        if self.blocks.is_empty() {
            let entries = self.first_entry..self.entries.len();
            self.statements.push(Statement { does: self.does, start: self.top, end: self.last_end, entries });
        }
    }

    /// Small statements on one line.
    fn simple_statements(&mut self) -> Result<(), SyntaxError> {
        loop {
            self.small_statement()?;
            self.end();
            if self.take(";")? && self.now.token != Token::Newline {
                self.begin();
                continue;
            }
            self.expect_token(Token::Newline)?;
            return Ok(());
        }
    }

    fn small_statement(&mut self) -> Result<(), SyntaxError> {
        if self.take("pass")? || self.take("break")? || self.take("continue")? {
            return Ok(());
        }
        if self.take("return")? {
            return if self.now.token == Token::Newline || self.is(";") { Ok(()) } else { self.tests() };
        }
        self.tests()?;
        let does = match self.now.token {
            Token::Mark("=") => Does::Assign(small(self.entries.len().saturating_sub(1))),
            Token::Mark("+=" | "-=" | "*=" | "/=" | "//=" | "%=" | "&=" | "|=" | "^=" | "<<=" | ">>=") => Does::Other,
            _ => Does::Evaluate,
        };
        if self.blocks.is_empty() {
            self.does = does;
        }
        if does == Does::Evaluate {
            return Ok(());
        }
        self.advance()?;
        self.tests()
    }

    /// What stands behind the head of a block, and the blocks that belong to it: to the end, or up to where the
    /// statements of one begin on lines of their own.
    fn suite(&mut self, mut block: Block) -> Result<(), SyntaxError> {
        loop {
            self.expect(":")?;
            if self.now.token != Token::Newline {
                // The statement at the top is the whole block.
                self.blocks.push(block);
                self.simple_statements()?;
                while self.now.token == Token::Newline {
                    self.advance()?;
                }
                self.blocks.pop();
                match self.alternative(block)? {
                    Some(next) => block = next,
                    None => return Ok(()),
                }
                continue;
            }
            while matches!(self.now.token, Token::Newline | Token::Comment) {
                self.advance()?;
            }
            self.expect_token(Token::Indent)?;
            self.blocks.push(block);
            return Ok(());
        }
    }

    /// The head of the block that belongs to the one that has ended; `None` if there is no other.
    fn alternative(&mut self, block: Block) -> Result<Option<Block>, SyntaxError> {
        if block == Block::If {
            let is_else = self.take("else")?;
            if (is_else && self.take("if")?) || (!is_else && self.take("elif")?) {
                self.tests()?;
                return Ok(Some(Block::If));
            }
            if is_else {
                return Ok(Some(Block::Other));
            }
        }
        self.end();
        Ok(None)
    }
}

/// An offset or number as it is kept; texts are bounded so that it fits.
pub(super) fn small(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
