//! Are the rules that a guest writes such as a BUILD file can have?

use super::{Judge, text};
use dorcas_abi::message::{Attr, Rule, Term, Value};

impl Judge<'_> {
    pub(super) fn rule(&mut self, rule: &Rule) {
        self.kind(&rule.kind);
        self.rule_name(&rule.name);
        self.comments(&rule.comments);
        for attr in &rule.attrs {
            self.attr(attr);
        }
    }

    pub(super) fn kind(&mut self, kind: &str) {
        let holds = kind.split('.').all(text::is_identifier);
        self.verify("rule.identifiers", holds, || format!("the kind {kind:?}"));
    }

    pub(super) fn rule_name(&mut self, name: &str) {
        self.verify("rule.names", name.is_empty() || text::is_target_name(name), || format!("a rule {name:?}"));
    }

    pub(super) fn attr_name(&mut self, name: &str) {
        self.verify("rule.identifiers", text::is_identifier(name), || format!("an attribute {name:?}"));
        self.verify("rule.name-apart", name != "name", || "an attribute with the name `name`".into());
    }

    pub(super) fn attr(&mut self, attr: &Attr) {
        self.attr_name(&attr.name);
        self.comments(&attr.comments);
        match &attr.value {
            Value::Label(label) => self.label(label),
            Value::Labels(labels) => labels.iter().for_each(|label| self.label(label)),
            Value::Select(branches) => branches.iter().for_each(|branch| self.label(&branch.condition)),
            Value::Concat(terms) => {
                for term in terms {
                    if let Term::Select(branches) = term {
                        for branch in branches {
                            self.label(&branch.condition);
                        }
                    }
                }
            }
            _ => {}
        }
    }

    pub(super) fn label(&mut self, label: &str) {
        self.verify("rule.labels", text::is_label(label), || format!("the label {label:?}"));
    }

    fn comments(&mut self, comments: &[String]) {
        for comment in comments {
            let holds = comment.starts_with('#') && !comment.contains(|char| char != '\t' && text::is_hidden(char));
            self.verify("rule.comments", holds, || format!("the comment {comment:?}"));
        }
    }
}
