//! What generated code asks of the features of this crate.
//!
//! Row structs have types of other crates where whimbrel.toml says so, and each of these is a feature, which stands
//! in Cargo.toml. Whoever wrote the one alone is told of the other, by name.

/// Makes the macro by which generated code says that it needs a feature: nothing where it is on.
macro_rules! needs {
    ($feature:literal, $name:ident) => {
        #[doc(hidden)]
        #[cfg(feature = $feature)]
        #[macro_export]
        macro_rules! $name {
            () => {};
        }

        #[doc(hidden)]
        #[cfg(not(feature = $feature))]
        #[macro_export]
        macro_rules! $name {
            () => {
                ::core::compile_error!(concat!(
                    "`row_types` in whimbrel.toml names `",
                    $feature,
                    "`, a feature of whimbrel that is not on\n  help: in Cargo.toml, under [dependencies]: whimbrel = { .., features = [\"",
                    $feature,
                    "\"] }, with what else stands there"
                ));
            };
        }
    };
}

needs!("chrono", needs_chrono);
needs!("jiff", needs_jiff);
needs!("rust_decimal", needs_rust_decimal);
needs!("serde_json", needs_serde_json);
needs!("uuid", needs_uuid);
