use super::{
    Attr, BazelModule, BuildFile, Catalogue, Child, Command, ConfigureRequest, ConfigureResponse, Diagnostic,
    Directive, DirectiveInfo, Edit, EmptyRule, File, FileData, FindAnswer, FindRequest, FindResponse, FinishRequest,
    FinishResponse, FixRequest, FixResponse, Flag, FlagType, FlagValue, GenerateRequest, GenerateResponse,
    GeneratedRule, GuestError, ImportSpec, ImportsRequest, ImportsResponse, ImportsRule, Indexing, Input, Kind,
    ListEntry, Load, LoadInfo, Lookup, Manifest, ManifestRequest, Match, Methods, Origin, Position, Provided, Provider,
    Query, Reach, Reply, ResolveRequest, ResolveResponse, ResolveRule, ResolvedRule, Rule, RuleImports, RunInfo,
    ScanRequest, ScanResponse, SelectBranch, SetupRequest, Severity, StringEntry, Summary, Symbol, Term, Value, Want,
};
use crate::wire::{Definition, Message};
use serde::{Serialize, de::DeserializeOwned};

/// Something that can be done with any message: what [`visit`] calls with the type that has a name.
pub trait Visitor {
    /// What comes out.
    type Output;
    /// Called with the type.
    fn visit<T: Message + Serialize + DeserializeOwned>(self) -> Self::Output;
}

macro_rules! catalogue {
    ($($name:ident)*) => {
        /// Every named type of the schema, in the order in which the methods need them. [`Reply`] is not among them:
        /// it is the only one with a parameter.
        pub const DEFINITIONS: &[Definition] = &[$(<$name as Message>::DEFINITION),*];

        /// Turns the name of a type into the type, `Rule` as well as `Reply<GenerateResponse>`; none where the schema
        /// has no such type.
        pub fn visit<V: Visitor>(name: &str, visitor: V) -> Option<V::Output> {
            if let Some(response) = name.strip_prefix("Reply<").and_then(|rest| rest.strip_suffix('>')) {
                return match response {
                    $( stringify!($name) => Some(visitor.visit::<Reply<$name>>()), )*
                    _ => None,
                };
            }
            match name {
                $( stringify!($name) => Some(visitor.visit::<$name>()), )*
                _ => None,
            }
        }
    };
}

catalogue! {
    GuestError Diagnostic Severity Position

    ManifestRequest Manifest Kind LoadInfo DirectiveInfo Flag FlagType Input Reach Want Methods

    SetupRequest Catalogue

    ScanRequest ScanResponse

    ConfigureRequest RunInfo Command Indexing BazelModule FlagValue ConfigureResponse Provided

    BuildFile Load Symbol Directive Rule Attr Value StringEntry ListEntry SelectBranch Term File FileData Match

    FixRequest FixResponse Edit

    GenerateRequest Child GenerateResponse GeneratedRule EmptyRule

    ImportSpec ImportsRequest ImportsRule ImportsResponse RuleImports

    ResolveRequest ResolveRule Lookup Origin Query ResolveResponse ResolvedRule

    FindRequest FindResponse FindAnswer Provider

    FinishRequest Summary FinishResponse
}

/// The definition of that name.
pub fn definition(name: &str) -> Option<&'static Definition> {
    DEFINITIONS.iter().find(|definition| definition.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        method::{self, Method},
        wire::{Payload, Shape, Type},
    };
    use std::{collections::BTreeSet, vec, vec::Vec};

    struct Ends;
    impl method::Visitor for Ends {
        type Output = [Type; 2];
        fn visit<M: Method>(self) -> [Type; 2] {
            use crate::wire::Wire;
            [M::Request::TYPE, M::Response::TYPE]
        }
    }

    #[test]
    fn it_has_what_the_methods_reach_and_nothing_else() {
        let ends = method::NAMES.iter().flat_map(|name| method::visit(name, Ends).unwrap());
        let mut open: Vec<Type> = ends.chain([Type::Named("GuestError")]).collect();
        let mut reached = BTreeSet::new();
        while let Some(ty) = open.pop() {
            match ty {
                Type::Option(item) | Type::List { item, .. } => open.push(*item),
                Type::Named(name) if reached.insert(name) => {
                    let definition = definition(name).expect(name);
                    open.extend(match definition.shape {
                        Shape::Struct(fields) => fields.iter().map(|field| field.ty).collect(),
                        Shape::Enum(variants) => variants.iter().fold(vec![], |mut types, variant| {
                            match variant.payload {
                                Payload::Unit => {}
                                Payload::One(ty) => types.push(ty),
                                Payload::Fields(fields) => types.extend(fields.iter().map(|field| field.ty)),
                            }
                            types
                        }),
                    });
                }
                _ => {}
            }
        }
        let listed: BTreeSet<_> = DEFINITIONS.iter().map(|definition| definition.name).collect();
        assert_eq!(listed.len(), DEFINITIONS.len(), "two types have one name");
        assert_eq!(reached, listed);
    }
}
