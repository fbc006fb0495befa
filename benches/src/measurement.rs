//! What is measured, under which name?

use serde::{Deserialize, Serialize};

/// One of the things that the proposal measured, or that matters beside them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Measurement {
    /// A runtime from nothing, and gone again.
    RuntimeCreation,
    /// From the bytes of a module to an instance that can be called, in a runtime that has seen nothing before.
    ModuleLoadingCold,
    /// The same in a runtime that has loaded the same module before, and may have kept something of it.
    ModuleLoadingWarm,
    /// A call that has next to nothing to do: a directory without files.
    SimpleCallWasm,
    /// The same work as a native function.
    SimpleCallNative,
    /// A call with real work: a directory of 20 files.
    ExpensiveCallWasm,
    /// The same work as a native function.
    ExpensiveCallNative,
    /// The name of the language as a host wants it: call, read, check that it is UTF-8, copy, free.
    LangName,
    /// Calling `lang_name` alone, and giving the buffer back.
    LangNameCall,
    /// Reading the bytes of a name that was returned before.
    LangNameRead,
    /// A further instance of a module that is loaded, and gone again.
    Instantiation,
    /// An instance that is made for one simple call.
    FreshInstanceCall,
    /// A message that comes back, whoever it is sent to.
    ServiceEcho,
    /// A message that comes back after work on every byte of it.
    ServiceWork,
    /// A message from a value to bytes.
    EncodeRequest,
    /// The same message from bytes to a value.
    DecodeRequest,
    /// The same message from bytes to having been read.
    VisitRequest,
}

/// What a measurement needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// Nothing but the subject.
    Nothing,
    /// A module.
    Module,
    /// A module and its simple request.
    Simple,
    /// A module and its expensive request.
    Expensive,
    /// The guest of [`crate::transport`] and a message.
    Message,
    /// A message of the ABI.
    Value,
}

impl Measurement {
    /// All, in the order of the report: the proposal's nine first.
    pub const ALL: [Self; 17] = [
        Self::RuntimeCreation,
        Self::ModuleLoadingCold,
        Self::ModuleLoadingWarm,
        Self::SimpleCallWasm,
        Self::SimpleCallNative,
        Self::ExpensiveCallWasm,
        Self::ExpensiveCallNative,
        Self::LangName,
        Self::LangNameCall,
        Self::LangNameRead,
        Self::Instantiation,
        Self::FreshInstanceCall,
        Self::ServiceEcho,
        Self::ServiceWork,
        Self::EncodeRequest,
        Self::DecodeRequest,
        Self::VisitRequest,
    ];

    /// Its name, in orders, records and reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::RuntimeCreation => "runtime_creation",
            Self::ModuleLoadingCold => "module_loading_cold",
            Self::ModuleLoadingWarm => "module_loading_warm",
            Self::SimpleCallWasm => "simple_call_wasm",
            Self::SimpleCallNative => "simple_call_native",
            Self::ExpensiveCallWasm => "expensive_call_wasm",
            Self::ExpensiveCallNative => "expensive_call_native",
            Self::LangName => "lang_name",
            Self::LangNameCall => "lang_name_call",
            Self::LangNameRead => "lang_name_read",
            Self::Instantiation => "instantiation",
            Self::FreshInstanceCall => "fresh_instance_call",
            Self::ServiceEcho => "service_echo",
            Self::ServiceWork => "service_work",
            Self::EncodeRequest => "encode_request",
            Self::DecodeRequest => "decode_request",
            Self::VisitRequest => "visit_request",
        }
    }

    /// A sentence for the report.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::RuntimeCreation => "A runtime from nothing, and gone again.",
            Self::ModuleLoadingCold => {
                "From the bytes of a module to an instance that can be called, in a runtime that has seen nothing before. \
                 Dorcas checks the module against its limits and the ABI, and asks it for its name and its manifest; the \
                 engines alone compile and instantiate."
            }
            Self::ModuleLoadingWarm => {
                "The same in a runtime that has loaded the same module before. wazero keeps compiled code by the digest \
                 of the module, so that this is what its users see from the second time on."
            }
            Self::SimpleCallWasm => {
                "One call through the ABI, with next to nothing to do: `alloc`, write the request of a directory without \
                 files, `generate_rules`, read the reply, `free` twice."
            }
            Self::SimpleCallNative | Self::ExpensiveCallNative => "The same work by a native function.",
            Self::ExpensiveCallWasm => "One call through the ABI with the work of a directory of 20 files.",
            Self::LangName => {
                "The name of the language as a host wants it: call `lang_name`, read, check that it is UTF-8, copy, `free`."
            }
            Self::LangNameCall => "Calling `lang_name` and giving its buffer back, without a look at it.",
            Self::LangNameRead => "Reading and copying the bytes of a name that was returned before.",
            Self::Instantiation => "A further instance of a module that is loaded, and gone again.",
            Self::FreshInstanceCall => {
                "An instance that is made for one simple call, and gone again: how Dorcas calls guests unless told otherwise."
            }
            Self::ServiceEcho => {
                "A message to a service and back: to a resident guest (`dorcas`, and the engines by themselves), to one that \
                 is made for the call, to a native function, to processes that run that function, and to a plugin in Go. \
                 Each reply is compared with what it should be, within the time, and each message is another than the one \
                 before."
            }
            Self::ServiceWork => {
                "The same with work on every byte: the reply is the message with its FNV-1a behind it, by guests in \
                 WebAssembly and by all others in native code. The longer the message, the more of it is the work."
            }
            Self::EncodeRequest => {
                "What the host asks about a directory with so many files, from a value to bytes. Dorcas writes postcard, \
                 checked against the rules of its ABI; postcard alone checks nothing."
            }
            Self::DecodeRequest => {
                "The same from bytes to a value that owns its texts. Dorcas checks the bytes against each rule of its ABI \
                 before."
            }
            Self::VisitRequest => {
                "The same from bytes to having been read, every byte of every text and every number. Cap'n Proto reads in \
                 place; the others decode first."
            }
        }
    }

    /// What a subject has to be given for it.
    pub fn needs(self) -> Needs {
        match self {
            Self::RuntimeCreation => Needs::Nothing,
            Self::ModuleLoadingCold
            | Self::ModuleLoadingWarm
            | Self::LangName
            | Self::LangNameCall
            | Self::LangNameRead
            | Self::Instantiation => Needs::Module,
            Self::SimpleCallWasm | Self::SimpleCallNative | Self::FreshInstanceCall => Needs::Simple,
            Self::ExpensiveCallWasm | Self::ExpensiveCallNative => Needs::Expensive,
            Self::ServiceEcho | Self::ServiceWork => Needs::Message,
            Self::EncodeRequest | Self::DecodeRequest | Self::VisitRequest => Needs::Value,
        }
    }

    /// Whether it is about guests that are languages; otherwise it is about messages.
    pub fn is_of_guests(self) -> bool {
        !matches!(self.needs(), Needs::Message | Needs::Value)
    }

    /// Whether only the native subject does it.
    pub fn is_native(self) -> bool {
        matches!(self, Self::SimpleCallNative | Self::ExpensiveCallNative)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_what_is_written_into_records() {
        for measurement in Measurement::ALL {
            assert_eq!(serde_json::to_value(measurement).unwrap(), measurement.name());
        }
    }
}
