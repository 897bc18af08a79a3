//! Processes that die: whatever the moment, the database is as it was before a migration or as it is
//! after one, and the next run completes.
//!
//! The program is built with the feature `fault-injection`, in a workspace of its own, so that no build
//! of this workspace has it.

#[path = "../../engines/online/project.rs"]
mod online;
mod oracle;
mod program;
mod seeds;
mod servers;

use std::collections::BTreeSet;
use std::thread;
use std::time::Duration;

use self::oracle::{Scene, Start};
use self::program::{Ended, Program};

#[test]
fn killed_before_any_statement() {
    let program = Program::with_faults("crash-killed");
    thread::scope(|scope| {
        for mode in ["delete", "wal"] {
            let program = &program;
            scope.spawn(move || {
                for start in [Start::Empty, Start::Jump, Start::Rows, Start::Top] {
                    kill_at_every_statement(&Scene::new(program, start, mode));
                }
            });
        }
    });
}

fn kill_at_every_statement(scene: &Scene<'_>) {
    let (mut reached, mut statements) = (Vec::new(), Vec::new());
    loop {
        let number = statements.len() + 1;
        scene.reset();
        let Ended::Killed(statement) = scene.go(&format!("halt:{number}")) else { break };
        reached.push(scene.place(&statement, true));
        statements.push(statement);
        assert_eq!(scene.go("").code(), Some(0), "{scene}: after {number} the next run fails");
        assert_eq!(scene.place("the next run", true), scene.goal(), "{scene}: after {number}");
    }
    assert_eq!(scene.place("the whole run", true), scene.goal(), "{scene}");
    assert!(reached.is_sorted(), "{scene}: {reached:?}");
    let places: BTreeSet<usize> = reached.iter().copied().collect();
    assert_eq!(places, (0..=scene.goal()).collect(), "{scene}: each place is where some kill leads");
    let commits = statements.iter().filter(|statement| statement.as_str() == "COMMIT").count();
    assert_eq!(commits, scene.goal(), "{scene}: {statements:?}");
}

#[test]
fn errors_and_panics_at_any_statement() {
    let program = Program::with_faults("crash-faults");
    thread::scope(|scope| {
        for act in ["error", "panic"] {
            let program = &program;
            scope.spawn(move || {
                for start in [Start::Rows, Start::Top] {
                    fail_at_every_statement(&Scene::new(program, start, "delete"), act);
                }
            });
        }
    });
}

/// On a connection that was lent, whose settings are not those of a migration; the program compares
/// them itself and ends with another code if they differ.
fn fail_at_every_statement(scene: &Scene<'_>, act: &str) {
    let mut failed = 0;
    for number in 1.. {
        scene.reset();
        let fault = format!("{act}:{number}");
        let ended = scene.lend(&fault);
        let place = scene.place(&fault, false);
        match ended.code() {
            Some(0) if !ended.says("fault before statement") => break,
            // To put back the settings is tried twice, so that this error is none.
            Some(0) if ended.says("in: PRAGMA ") && place == scene.goal() => continue,
            Some(1 | 101) => failed += 1,
            _ => panic!("{scene}: {fault}: {ended:?}"),
        }
        assert_eq!(scene.lend("").code(), Some(0), "{scene}: after {fault} the next run fails");
        assert_eq!(scene.place("the next run", false), scene.goal(), "{scene}: after {fault}");
    }
    assert!(failed > 100, "{scene}: {act} was tried {failed} times");
}

#[test]
fn killed_at_any_time() {
    let program = Program::plain("crash-plain");
    // What tests inject is not there, whatever the environment says.
    for start in [Start::Rows, Start::Top] {
        let scene = Scene::new(&program, start, "delete");
        scene.reset();
        let began = std::time::Instant::now();
        assert_eq!(scene.go("error:1").code(), Some(0), "a plain build has the faults of tests");
        let whole = began.elapsed();
        assert_eq!(scene.place("a plain run", true), scene.goal());
        let mut seed = 20_u64;
        for round in 0..30 {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let share = u32::try_from(seed >> 40).unwrap() % 1000;
            let patience = whole * share / 1000 + Duration::from_micros(500);
            scene.reset();
            scene.interrupt(patience);
            scene.place(&format!("round {round}"), true);
            assert_eq!(scene.go("").code(), Some(0), "{scene}: after round {round} the next run fails");
            assert_eq!(scene.place("the next run", true), scene.goal(), "{scene}: after round {round}");
        }
    }
    assert!(!program.mentions("WHIMBREL_FAULT"), "the program knows of faults");
    assert!(Program::with_faults("crash-known").mentions("WHIMBREL_FAULT"), "the search can fail");
}
