//! What is known without looking: protobuf's own files and rules.
//!
//! The facts are those of Gazelle's `language/proto/proto.csv` and of protobuf's `bazel` folder.

/// A repository by its names.
pub(crate) struct Repository {
    /// As a Bazel module.
    pub(crate) module: &'static str,
    /// In a WORKSPACE file by custom.
    pub(crate) repo: &'static str,
}

/// The repository of protobuf.
pub(crate) const PROTOBUF: Repository = Repository { module: "protobuf", repo: "com_google_protobuf" };
/// The repository of the Go rules.
pub(crate) const RULES_GO: Repository = Repository { module: "rules_go", repo: "io_bazel_rules_go" };
/// The repository that had the proto rules before protobuf had them.
pub(crate) const RULES_PROTO: Repository = Repository { module: "rules_proto", repo: "rules_proto" };

/// A file that comes with protobuf.
pub(crate) struct KnownImport {
    /// The text of the import.
    pub(crate) import: &'static str,
    /// Name of its rule at the root of [`PROTOBUF`].
    pub(crate) rule: &'static str,
    /// Label of the library with its generated Go code.
    pub(crate) go_label: &'static str,
}

/// The file that an import means, if it is one of protobuf's.
pub(crate) fn known_import(import: &str) -> Option<&'static KnownImport> {
    KNOWN_IMPORTS.binary_search_by_key(&import, |known| known.import).ok().map(|index| &KNOWN_IMPORTS[index])
}

/// The file in [`PROTOBUF`] that defines what `@rules_proto//proto:defs.bzl` once did.
pub(crate) fn symbol_file(symbol: &str) -> Option<&'static str> {
    Some(match symbol {
        "ProtoInfo" => "//bazel/common:proto_info.bzl",
        "proto_common" => "//bazel/common:proto_common.bzl",
        "proto_descriptor_set" => "//bazel:proto_descriptor_set.bzl",
        "proto_lang_toolchain" => "//bazel/toolchains:proto_lang_toolchain.bzl",
        "proto_library" => "//bazel:proto_library.bzl",
        "proto_toolchain" => "//bazel/toolchains:proto_toolchain.bzl",
        _ => return None,
    })
}

const fn known(import: &'static str, rule: &'static str, go_label: &'static str) -> KnownImport {
    KnownImport { import, rule, go_label }
}

const KNOWN_IMPORTS: &[KnownImport] = &[
    known("google/protobuf/any.proto", "any_proto", "@com_github_golang_protobuf//ptypes/any"),
    known("google/protobuf/api.proto", "api_proto", "@org_golang_google_genproto//protobuf/api"),
    known(
        "google/protobuf/compiler/plugin.proto",
        "compiler_plugin_proto",
        "@com_github_golang_protobuf//protoc-gen-go/plugin",
    ),
    known(
        "google/protobuf/descriptor.proto",
        "descriptor_proto",
        "@com_github_golang_protobuf//protoc-gen-go/descriptor",
    ),
    known("google/protobuf/duration.proto", "duration_proto", "@com_github_golang_protobuf//ptypes/duration"),
    known("google/protobuf/empty.proto", "empty_proto", "@com_github_golang_protobuf//ptypes/empty"),
    known("google/protobuf/field_mask.proto", "field_mask_proto", "@org_golang_google_genproto//protobuf/field_mask"),
    known("google/protobuf/go_features.proto", "go_features_proto", "@org_golang_google_protobuf//types/gofeaturespb"),
    known(
        "google/protobuf/source_context.proto",
        "source_context_proto",
        "@org_golang_google_genproto//protobuf/source_context",
    ),
    known("google/protobuf/struct.proto", "struct_proto", "@com_github_golang_protobuf//ptypes/struct"),
    known("google/protobuf/timestamp.proto", "timestamp_proto", "@com_github_golang_protobuf//ptypes/timestamp"),
    known("google/protobuf/type.proto", "type_proto", "@org_golang_google_genproto//protobuf/ptype"),
    known("google/protobuf/wrappers.proto", "wrappers_proto", "@com_github_golang_protobuf//ptypes/wrappers"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_order_and_every_entry_is_found() {
        for known in KNOWN_IMPORTS {
            assert_eq!(known_import(known.import).map(|found| found.rule), Some(known.rule));
        }
        assert!(known_import("google/protobuf/cpp_features.proto").is_none());
    }
}
