//! What `export!` expands to.
#![allow(unsafe_code, reason = "exports cross the boundary")]

/// Makes a WebAssembly guest of a [`Language`](crate::Language): exports what the ABI demands, `generate_rules`, and
/// the optional methods that are named.
///
/// ```
/// # use dorcas_guest::{Language, Result, message::*};
/// # struct Shell;
/// # impl Language for Shell {
/// #     const NAME: &'static str = "sh";
/// #     fn generate_rules(_: GenerateRequest) -> Result<GenerateResponse> { Ok(GenerateResponse::default()) }
/// # }
/// dorcas_guest::export!(Shell, manifest, imports, resolve);
/// ```
///
/// The names are those of the exports: `manifest`, `setup`, `scan`, `configure`, `fix`, `imports`, `resolve`, `find`,
/// `finish`. A crate can do this once. On targets other than `wasm32` it exports nothing, since `alloc` and `free` would take the place of
/// the functions of the C library; the names are checked all the same.
#[macro_export]
macro_rules! export {
    ($language:ty $(, $method:ident)* $(,)?) => {
        const _: () = {
            #[cfg(target_family = "wasm")]
            #[unsafe(no_mangle)]
            #[allow(non_upper_case_globals)]
            pub static dorcas_panic: $crate::__private::Text = $crate::__private::Text::new();

            #[cfg(target_family = "wasm")]
            #[unsafe(no_mangle)]
            pub extern "C" fn dorcas_abi_v1() {}

            #[cfg(target_family = "wasm")]
            #[unsafe(no_mangle)]
            pub extern "C" fn alloc(len: u32) -> u32 {
                $crate::__private::get(len)
            }

            #[cfg(target_family = "wasm")]
            #[unsafe(no_mangle)]
            pub unsafe extern "C" fn free(ptr: u32, len: u32) {
                // SAFETY: the host gives back what it got, once.
                unsafe { $crate::__private::give_back(ptr, len) }
            }

            #[cfg(target_family = "wasm")]
            #[unsafe(no_mangle)]
            pub extern "C" fn lang_name() -> i64 {
                let name: &str = <$language as $crate::Language>::NAME;
                $crate::__private::lend(name.as_bytes().to_vec())
            }

            $crate::__export_method!($language, generate_rules);
            $( $crate::__export_method!($language, $method); )*
        };
    };
}

/// One method of [`export!`].
#[doc(hidden)]
#[macro_export]
macro_rules! __export_method {
    ($language:ty, manifest) => {
        $crate::__export_method!(@ $language, manifest, Manifest, |_| <$language as $crate::Language>::manifest());
    };
    ($language:ty, setup) => {
        $crate::__export_method!(@ $language, setup, Setup, <$language as $crate::Language>::setup);
    };
    ($language:ty, scan) => {
        $crate::__export_method!(@ $language, scan, Scan, <$language as $crate::Language>::scan);
    };
    ($language:ty, configure) => {
        $crate::__export_method!(@ $language, configure, Configure, <$language as $crate::Language>::configure);
    };
    ($language:ty, fix) => {
        $crate::__export_method!(@ $language, fix, Fix, <$language as $crate::Language>::fix);
    };
    ($language:ty, generate_rules) => {
        $crate::__export_method!(@ $language, generate_rules, GenerateRules, <$language as $crate::Language>::generate_rules);
    };
    ($language:ty, imports) => {
        $crate::__export_method!(@ $language, imports, Imports, <$language as $crate::Language>::imports);
    };
    ($language:ty, resolve) => {
        $crate::__export_method!(@ $language, resolve, Resolve, <$language as $crate::Language>::resolve);
    };
    ($language:ty, find) => {
        $crate::__export_method!(@ $language, find, Find, <$language as $crate::Language>::find);
    };
    ($language:ty, finish) => {
        $crate::__export_method!(@ $language, finish, Finish, <$language as $crate::Language>::finish);
    };
    ($language:ty, $unknown:ident) => {
        compile_error!(concat!(
            "`", stringify!($unknown), "` is no optional method of a guest; ",
            "there are: manifest, setup, scan, configure, fix, imports, resolve, find, finish"
        ));
    };
    (@ $language:ty, $name:ident, $method:ident, $function:expr) => {
        const _: () = {
            // On every target, so that it is checked by `cargo test` too.
            fn answer(argument: &[u8]) -> ::std::vec::Vec<u8> {
                $crate::__private::answer::<$crate::__private::method::$method>(argument, $function)
            }

            #[cfg(not(target_family = "wasm"))]
            const _: fn(&[u8]) -> ::std::vec::Vec<u8> = answer;

            #[cfg(target_family = "wasm")]
            #[unsafe(no_mangle)]
            pub unsafe extern "C" fn $name(ptr: u32, len: u32) -> i64 {
                $crate::__private::leave_text_in(&dorcas_panic);
                // SAFETY: the host writes the argument before the call and leaves it alone until the call is over.
                let argument = unsafe { $crate::__private::argument(ptr, len) };
                $crate::__private::lend(answer(argument))
            }
        };
    };
}
