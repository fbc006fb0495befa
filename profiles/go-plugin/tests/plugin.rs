//! Plugins that are written by hand, right and wrong ones.

use dorcas_go_plugin::{Plugin, PluginError};
use dorcas_host::Engine;

/// A plugin with a method: what it does with its request's address (local 0) and length (local 1).
fn plugin(method: &str) -> Plugin {
    let text = format!(
        r#"(module (memory (export "memory") 1)
        (global $next (mut i32) (i32.const 1024)) (global $live (export "live") (mut i32) (i32.const 0))
        (data (i32.const 16) "out of tea")
        (func (export "malloc") (param i32) (result i32)
          (global.set $live (i32.add (global.get $live) (i32.const 1)))
          (global.get $next) (global.set $next (i32.add (global.get $next) (i32.add (local.get 0) (i32.const 8)))))
        (func (export "free") (param i32) (global.set $live (i32.sub (global.get $live) (i32.const 1))))
        (func (export "tea_api_version") (result i64) (i64.const 3))
        (func (export "tea_make") (param i32 i32) (result i64) {method}))"#
    );
    Plugin::start(&Engine::default().module(&wat::parse_str(text).unwrap()).unwrap()).unwrap()
}

const ECHO: &str =
    "(i64.or (i64.shl (i64.extend_i32_u (local.get 0)) (i64.const 32)) (i64.extend_i32_u (local.get 1)))";

#[test]
fn a_plugin_answers_in_place_and_elsewhere_and_every_buffer_is_freed_once() {
    let mut plugin = plugin(ECHO);
    assert_eq!(plugin.api_version("tea"), Ok(3));
    for request in [&b"\x08\x01"[..], b"", b"\x0a\x03tea"] {
        assert_eq!(plugin.call("tea_make", request).unwrap(), request);
    }
    let live = |plugin: &mut Plugin| plugin.instance().global("live");
    assert_eq!(format!("{:?}", live(&mut plugin)), "Some(i32(0))");
    // At 16, 10 bytes; two buffers are freed, of which the plugin has counted one.
    let mut elsewhere = self::plugin("(i64.const 0x100000000a)");
    assert_eq!(elsewhere.call("tea_make", b"\x08\x01").unwrap(), b"out of tea");
    assert_eq!(format!("{:?}", live(&mut elsewhere)), "Some(i32(-1))");
    assert!(elsewhere.fuel_used() > 0);
}

#[test]
fn an_error_is_told_and_the_plugin_goes_on() {
    let mut plugin = plugin("(i64.const 0x108000000a)");
    for request in [&b""[..], b"\x08\x01"] {
        let error = plugin.call("tea_make", request).unwrap_err();
        assert_eq!(error.to_string(), "`tea_make` failed: out of tea");
    }
    assert_eq!(plugin.api_version("tea"), Ok(3));
}

#[test]
fn nothing_is_a_message_and_no_answer_to_what_is_none() {
    let mut plugin = plugin("(i64.const 0)");
    assert_eq!(plugin.call("tea_make", b"\x0a\x03tea"), Ok(Vec::new()));
    assert_eq!(plugin.call("tea_make", b""), Ok(Vec::new()));
    let error = plugin.call("tea_make", b"\xff\xff\xff").unwrap_err();
    assert_eq!(
        error.to_string(),
        "`tea_make` returned nothing at all, for a request that is no message of protocol buffers: a number does not end at byte \
         0 of 3"
    );
    assert!(matches!(error, PluginError::Unread { .. }));
}

#[test]
fn what_is_outside_of_the_memory_is_refused() {
    for (method, text) in [
        // The halves exchanged.
        ("(i64.const 0x500000010)", "`tea_make` returned 16 bytes at 0x5, which"),
        (
            "(i64.const 0xffffffff00000002)",
            "`tea_make` returned 2 bytes at 0xffffffff, which are not in the plugin's memory of 65536 bytes; the address is in the high half",
        ),
        ("(i64.const 0x107fffffff)", "`tea_make` returned 2147483647 bytes at 0x10, which"),
        ("(i64.const 0x10ffffffff)", "`tea_make` returned 2147483647 bytes at 0x10, which"),
        ("(i64.const -1)", "`tea_make` returned 2147483647 bytes at 0xffffffff, which"),
    ] {
        match plugin(method).call("tea_make", b"\x08\x01") {
            Ok(reply) => assert_eq!((method, reply.len()), ("(i64.const 0x500000010)", 16)),
            Err(error) => assert!(error.to_string().starts_with(text), "{error}"),
        }
    }
}

#[test]
fn room_that_is_none_is_refused() {
    for address in [0, 65_535, -1] {
        let text = format!(
            r#"(module (memory (export "memory") 1) (func (export "malloc") (param i32) (result i32) (i32.const {address}))
            (func (export "free") (param i32)) (func (export "m") (param i32 i32) (result i64) {ECHO}))"#
        );
        let module = Engine::default().module(&wat::parse_str(text).unwrap()).unwrap();
        let error = Plugin::start(&module).unwrap().call("m", b"\x08\x01").unwrap_err();
        assert!(matches!(error, PluginError::Room { .. }), "{error}");
    }
}

#[test]
fn what_is_missing_is_named() {
    let module =
        |fields: &str| Engine::default().module(&wat::parse_str(format!("(module {fields})")).unwrap()).unwrap();
    let error = Plugin::start(&module("")).unwrap_err().to_string();
    assert!(error.contains("malloc"), "{error}");
    let error = plugin(ECHO).call("tea_drink", b"").unwrap_err().to_string();
    assert!(error.contains("tea_drink"), "{error}");
    let error = plugin(ECHO).api_version("coffee").unwrap_err().to_string();
    assert!(error.contains("coffee_api_version"), "{error}");
    let mut trapping = plugin("(unreachable)");
    assert!(matches!(trapping.call("tea_make", b""), Err(PluginError::Call(_))));
    let error = trapping.api_version("tea").unwrap_err().to_string();
    assert!(error.contains("poisoned"), "{error}");
}
