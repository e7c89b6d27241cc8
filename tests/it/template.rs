//! `template.yaml`: the tools take it, it holds what keeps the data safe, and so it does after a consumer was added as
//! the README says. The rules are in `tests/python/stack`, which makes a stack of the template and asks it as IAM would.

use crate::support::python::run_script_in;

/// Fails with all that a command of `tests/python/template.py` finds wrong.
fn nothing_wrong(command: &str) {
    let said = run_script_in("requirements-aws.txt", "template.py", &[command], b"");
    let wrong: Vec<String> = serde_json::from_str(&said).unwrap();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn sam_and_cfn_lint_take_it() {
    nothing_wrong("lint");
}

#[test]
fn it_holds_what_keeps_the_data_safe() {
    nothing_wrong("holds");
}

#[test]
fn every_rule_notices_its_mistakes() {
    nothing_wrong("mistakes");
}

#[test]
fn a_consumer_added_as_the_readme_says_is_as_safe() {
    nothing_wrong("consumer");
}
