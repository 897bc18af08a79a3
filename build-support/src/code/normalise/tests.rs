use super::data_code;

fn normal(code: &str) -> String {
    data_code(&syn::parse_file(code).unwrap())
}

#[track_caller]
fn same(one: &str, other: &str) {
    assert_eq!(normal(one), normal(other));
}

#[track_caller]
fn different(one: &str, other: &str) {
    assert_ne!(normal(one), normal(other));
}

#[test]
fn layout_and_comments_leave_no_trace() {
    same("const A: i32 = 1;", "/// doc\n// note\nconst  A :i32\n= 1 ;\r\n");
}

#[test]
fn imports_may_be_sorted_and_split() {
    same("use a::{c, b};\nuse d as e;", "use d as e;\nuse a::b;\nuse a::c;");
    same("fn f() { use a::{c, b}; }", "fn f() { use a::{b, c}; }");
    different("use a::b;", "use a::c;");
    different("fn f() { use a::b; }", "fn f() { use a::c; }");
}

#[test]
fn tokens_and_vocabulary_are_no_data_code() {
    same("use super::{v0001 as before, v0002 as after};\nuse whimbrel::v1::*;", "");
    different("use super::v0001 as before;\nfn f() {}", "use super::v0002 as before;\nfn f() {}");
    different("#[cfg(test)]\nuse a::b;", "use a::b;");
}

#[test]
fn trailing_commas() {
    same("fn f() { g(1, 2) }", "fn f() { g(1, 2,) }");
    same("fn f(a: A<B>, c: C) {}", "fn f(a: A<B,>, c: C,) {}");
    same("fn f() { m!(1, 2) }", "fn f() { m!(1, 2,) }");
    same("fn f() { m![1] }", "fn f() { m!(1) }");
    different("fn f() { (1,) }", "fn f() { (1) }");
    same("fn f() { (1, 2,) }", "fn f() { (1, 2) }");
}

#[test]
fn parentheses_that_mean_nothing() {
    same("fn f() { ((1)) + 2 }", "fn f() { 1 + 2 }");
    different("fn f() { (1 + 2) * 3 }", "fn f() { 1 + 2 * 3 }");
    different("fn f() { (a.b)() }", "fn f() { a.b() }");
    different("fn f() { -(1.abs()) }", "fn f() { (-1).abs() }");
}

#[test]
fn blocks_around_one_expression() {
    same("fn f() { g(|c| { c }) }", "fn f() { g(|c| c) }");
    same("fn f() { match a { 1 => { b } _ => c } }", "fn f() { match a { 1 => b, _ => c, } }");
    different("fn f() { g(|c| { c; }) }", "fn f() { g(|c| c) }");
}

#[test]
fn strings_by_value() {
    same("const A: &str = \"a \\\n   b\";", "const A: &str = \"a b\";");
    same("const A: &str = r#\"a\"b\"#;", "const A: &str = \"a\\\"b\";");
    different("const A: &str = \"a\";", "const A: &str = \"b\";");
    different("const A: i32 = 1;", "const A: i32 = 2;");
}

#[test]
fn other_things_rustfmt_does() {
    same("extern fn f() {}", "extern \"C\" fn f() {}");
    same("pub(in super) fn f() {}", "pub(super) fn f() {}");
    same("fn f() { return 1 }", "fn f() { return 1; }");
    different("fn f() { 1 }", "fn f() { 1; }");
}

#[test]
fn jumps_lose_and_gain_blocks() {
    same(
        "fn f() { match a { 1 => { return 2 } _ => { break } } }",
        "fn f() { match a { 1 => return 2, _ => break, } }",
    );
    same("fn f() { g(|x| { return x }) }", "fn f() { g(|x| return x) }");
    same("fn f() { if a { return 1 } }", "fn f() { if a { return 1; } }");
}

#[test]
fn derives_are_joined() {
    same("#[derive(A, B,)] #[derive(C)] struct S;", "#[derive(A, B, C)] struct S;");
    same("#[allow(a, b,)] struct S;", "#[allow(a, b)] struct S;");
    different("#[derive(A)] struct S;", "#[derive(B)] struct S;");
}

#[test]
fn lists_in_types() {
    same("type F = fn(A, B,) -> C;", "type F = fn(A, B) -> C;");
    same("fn f(g: &dyn Fn(A,) -> B) {}", "fn f(g: &dyn Fn(A) -> B) {}");
    same("fn f<T: A + B +>() where {}", "fn f<T: A + B>() {}");
    same("fn f() { g::<>() }", "fn f() { g() }");
    same("fn f() { S { a: a, b: c } }", "fn f() { S { a, b: c } }");
}

#[test]
fn spaces_between_signs() {
    same("macro_rules! m { ($a:expr) => { $a+$a }; }", "macro_rules! m { ($a:expr) => { $a + $a }; }");
    same("fn f() { a.0 .1 }", "fn f() { a.0.1 }");
}
