//! Which functions are still needed?

use crate::{parts::Parts, standins::StandIns};
use wasmparser::{ConstExpr, ElementItems, ExternalKind, FunctionBody, Operator};

/// The functions that can be reached from what the outside sees.
pub(crate) struct Reached {
    /// For each function of the module, imported ones included.
    pub(crate) module: Vec<bool>,
    /// For each function of the stand-ins.
    pub(crate) stand_ins: Vec<bool>,
}

/// What is being walked through.
pub(crate) struct Walk<'m, 'a> {
    parts: &'m Parts<'a>,
    stand_ins: &'m StandIns,
    /// The stand-in of each imported function; `None` for one that stays imported.
    answers: &'m [Option<u32>],
    reached: Reached,
    open: Vec<Node>,
}

#[derive(Clone, Copy)]
enum Node {
    Module(u32),
    StandIn(u32),
}

type Result<T> = std::result::Result<T, wasmparser::Error>;

impl<'m, 'a> Walk<'m, 'a> {
    pub(crate) fn new(parts: &'m Parts<'a>, stand_ins: &'m StandIns, answers: &'m [Option<u32>]) -> Self {
        let reached = Reached {
            module: vec![false; parts.functions.len()],
            stand_ins: vec![false; stand_ins.parts.functions.len()],
        };
        Self { parts, stand_ins, answers, reached, open: Vec::new() }
    }

    /// From all that is exported, but for the names in `without`, and all that is in tables or globals.
    pub(crate) fn roots(&mut self, without: &[&str]) -> Result<()> {
        for export in self.parts.exports.iter().cloned().flatten() {
            let export = export?;
            if matches!(export.kind, ExternalKind::Func | ExternalKind::FuncExact) && !without.contains(&export.name) {
                self.function(export.index);
            }
        }
        for global in self.parts.globals.iter().cloned().flatten() {
            self.expression(&global?.init_expr)?;
        }
        for table in self.parts.tables.iter().cloned().flatten() {
            if let wasmparser::TableInit::Expr(expression) = table?.init {
                self.expression(&expression)?;
            }
        }
        for element in self.parts.elements.iter().cloned().flatten() {
            match element?.items {
                ElementItems::Functions(functions) => {
                    for function in functions {
                        self.function(function?);
                    }
                }
                ElementItems::Expressions(_, expressions) => {
                    for expression in expressions {
                        self.expression(&expression?)?;
                    }
                }
            }
        }
        Ok(())
    }

    fn expression(&mut self, expression: &ConstExpr<'_>) -> Result<()> {
        for operator in expression.get_operators_reader() {
            if let Operator::RefFunc { function_index } = operator? {
                self.function(function_index);
            }
        }
        Ok(())
    }

    /// From a function of the module.
    pub(crate) fn function(&mut self, function: u32) {
        match self.answers.get(function as usize) {
            Some(Some(stand_in)) => self.stand_in(*stand_in),
            _ if !std::mem::replace(&mut self.reached.module[function as usize], true) => {
                self.open.push(Node::Module(function));
            }
            _ => {}
        }
    }

    /// From a stand-in.
    pub(crate) fn stand_in(&mut self, stand_in: u32) {
        if !std::mem::replace(&mut self.reached.stand_ins[stand_in as usize], true) {
            self.open.push(Node::StandIn(stand_in));
        }
    }

    /// Goes on until there is nothing new; `each` sees all instructions of the module on the way.
    pub(crate) fn finish(mut self, mut each: impl FnMut(&Operator<'_>)) -> Result<Reached> {
        let (parts, stand_ins) = (self.parts, self.stand_ins);
        while let Some(node) = self.open.pop() {
            match node {
                Node::Module(function) => {
                    if let Some(body) = parts.body(function) {
                        self.calls(body, Self::function, &mut each)?;
                    }
                }
                Node::StandIn(stand_in) => {
                    if let Some(body) = stand_ins.parts.body(stand_in) {
                        self.calls(body, Self::stand_in, &mut |_| ())?;
                    }
                }
            }
        }
        Ok(self.reached)
    }

    fn calls(
        &mut self,
        body: &FunctionBody<'_>,
        reach: fn(&mut Self, u32),
        each: &mut impl FnMut(&Operator<'_>),
    ) -> Result<()> {
        for operator in body.get_operators_reader()? {
            let operator = operator?;
            match operator {
                Operator::Call { function_index } | Operator::RefFunc { function_index } => reach(self, function_index),
                _ => {}
            }
            each(&operator);
        }
        Ok(())
    }
}
