# The request of `generate_rules` as abi/src/message/generate.rs has it, as a Cap'n Proto schema.
# src/encoding/generate makes request_capnp.rs from it.
@0xe6d2a7c94b1f3058;

# As capnpc's rust.capnp has it: the module that the generated one is in.
annotation parentModule @0xabee386cd1450364 (file) :Text;
$parentModule("encoding");

struct GenerateRequest {
  rel @0 :Text;
  state @1 :Data;
  # This and the rules are not there in the requests that are measured, and have no schema here.
  buildFile @2 :AnyPointer;
  files @3 :List(File);
  subdirs @4 :List(Text);
  generatedFiles @5 :List(Text);
  otherRules @6 :AnyPointer;
  otherEmpty @7 :AnyPointer;
}

struct File {
  name @0 :Text;
  union {
    nameOnly @1 :Void;
    content @2 :Data;
    matches @3 :List(Match);
  }
}

struct Match {
  pattern @0 :UInt32;
  groups @1 :List(Group);
}

# Null for a group that took no part, which a list of Data can't tell from an empty one.
struct Group {
  bytes @0 :Data;
}
