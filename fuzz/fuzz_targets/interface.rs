#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| dorcas_properties::interface(data));
