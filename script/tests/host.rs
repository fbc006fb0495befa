//! A script calls functions of the embedder's, by its interface, with each type.

use dorcas_host::{Engine, HostModule};
use dorcas_script::{Interface, Options, build};

const INTERFACE: &str = "
declare module 'main' { function greet(): I32; function wide(p: I32): I64; function floats(a: F32, b: F64): F64; }
declare module 'extism:host' {
  interface user { myHostFunction1(p: I32, q: I32): I32; myHostFunction2(p: I32): I64; }
  interface math { half(a: F32): F32; add(a: F64, b: F32, c: I64): F64; nothing(): void; }
}";

const SCRIPT: &str = r#"
import { myHostFunction1, myHostFunction2 } from "extism:host/user";
import * as math from "extism:host/math";
export const greet = () => myHostFunction1(-1, Host.getFunctions().myHostFunction1(2, 3));
export const wide = (p) => { const n = myHostFunction2(p); if (typeof n !== "bigint") throw n; return n; };
export const floats = (a, b) => math.nothing() ?? math.add(b, math.half(a), -1n);
"#;

#[derive(Default)]
struct Calls(u32);

impl Calls {
    fn first(&mut self, p: i32, q: i32) -> i32 {
        self.0 += 1;
        p * 100 + q
    }

    fn second(&mut self, p: i32) -> i64 {
        self.0 += 1;
        if p == 0 { (1 << 53) + 1 } else { i64::from(p) }
    }
}

#[test]
fn a_script_calls_the_embedder_with_each_type() {
    let interface: Interface = INTERFACE.parse().unwrap();
    let built = build("plugin.js", |_| Ok(SCRIPT.into()), Some(&interface), &Options::default()).unwrap();
    let user = HostModule::new("extism:host/user", Calls::default)
        .function("myHostFunction1", Calls::first)
        .function("myHostFunction2", Calls::second);
    let math = HostModule::new("extism:host/math", Calls::default)
        .function("half", |_: &mut Calls, a: f32| a / 2.0)
        .function("add", |_: &mut Calls, a: f64, b: f32, c: i64| {
            a + f64::from(b) + f64::from(i32::try_from(c).unwrap())
        })
        .function("nothing", |_: &mut Calls| ());
    let module = Engine::default().with_module(user).with_module(math).module(&built.wasm).unwrap();
    let mut instance = module.start().unwrap();
    let greet = module.export::<(), i32>("greet").unwrap();
    assert_eq!(instance.call(&greet, ()), Ok(-100 + 203));
    let wide = module.export::<(i32,), i64>("wide").unwrap();
    for (p, result) in [(0, 9_007_199_254_740_993), (-1, -1), (i32::MIN, i64::from(i32::MIN))] {
        assert_eq!(instance.call(&wide, (p,)), Ok(result));
    }
    let floats = module.export::<(f32, f64), f64>("floats").unwrap();
    assert_eq!(instance.call(&floats, (0.5, 0.25)), Ok(0.25 + 0.25 - 1.0));
    assert_eq!(instance.state_of::<Calls>("extism:host/user").map(|calls| calls.0), Some(5));
}
