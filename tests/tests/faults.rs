//! Where each fault of a group is tested: a row for each, and the tests that go red without its protection.
//!
//! A07: defaults; B: what is compared and planned; D: crashes; E: several at once; F: histories; G: surroundings; I: seeds.

use std::fs;
use std::path::Path;

/// The fault, the file of the test below the repository, and the test. Of a case all laws hold.
const TESTED: &[(&str, &str, &str)] = &[
    // Defaults, to the last sign.
    ("A07", "tests/tests/text.rs", "a07_defaults_are_exact_on_sqlite"),
    ("A07", "tests/tests/text.rs", "a07_defaults_are_exact_on_postgres"),
    ("A07", "tests/tests/text.rs", "a07_defaults_are_exact_on_mariadb"),
    // Renames; with another type, in circles, of tables and columns at once, of what is referenced.
    ("B01", "tests/tests/properties/main.rs", "laws_hold_for_random_pairs"),
    ("B01", "tests/tests/projects/commands.rs", "names_are_exchanged_by_the_command_line_alone"),
    ("B01", "tests/cases/exchange_columns.case", ""),
    ("B01", "tests/cases/exchange_tables.case", ""),
    ("B01", "tests/cases/rename_into_place.case", ""),
    ("B01", "tests/cases/rename_column_with_type.case", ""),
    ("B01", "tests/cases/rename_table_and_more.case", ""),
    ("B01", "tests/cases/rename_column_referenced.case", ""),
    ("B01", "tests/cases/rename_to_other_case.case", ""),
    // What may be a rename, hints that are done with, and hints that name nothing.
    ("B02", "tests/tests/projects/commands.rs", "a_rename_is_never_guessed"),
    ("B02", "tests/tests/projects/terminal.rs", "a_rename_is_asked_for_and_written_into_the_schema"),
    ("B02", "build-support/src/xtask/new/ask.rs", "a_rename_is_one_only_if_it_is_said_to_be"),
    ("B02", "tests/tests/laws.rs", "rest_a_second_diff_is_empty"),
    ("B02", "schema/tests/renames.rs", "a_hint_that_means_nothing_is_told"),
    ("B02", "schema/tests/renames.rs", "a_hint_that_is_done_with_is_inert"),
    // NOT NULL for rows that have no value.
    ("B03", "tests/tests/projects/commands.rs", "rows_without_a_value_are_refused"),
    ("B03", "tests/cases/add_column_without_backfill.case", ""),
    ("B03", "tests/cases/tighten_without_backfill.case", ""),
    // Types that hold less, or other values.
    ("B04", "tests/tests/types.rs", "every_pair_of_types_is_known"),
    ("B04", "tests/tests/types.rs", "lossless_is_what_loses_nothing"),
    ("B04", "tests/tests/types.rs", "narrowing_is_announced_and_what_fits_is_kept"),
    ("B04", "tests/tests/types.rs", "what_does_not_convert_by_itself_is_asked_for"),
    ("B04", "tests/tests/types.rs", "left_to_itself_sqlite_makes_nonsense"),
    ("B04", "tests/cases/type_using_back.case", ""),
    // Nothing is to do twice, in other words, or in another order.
    ("B07", "tests/tests/laws.rs", "what_means_the_same_is_no_change"),
    ("B07", "tests/tests/projects/commands.rs", "a_rename_is_never_guessed"),
    ("B07", "tests/cases/spelling_only.case", ""),
    ("B07", "tests/cases/reorder_only.case", ""),
    // Two branches from one schema.
    ("B08", "tests/tests/projects/team/rebase.rs", "two_branches_become_one_line"),
    // Orders of migrations.
    ("B09", "build-support/src/chain/tests.rs", "numbers_are_compared_as_numbers"),
    ("B09", "build-support/src/chain/tests.rs", "a_number_stands_for_one_migration_and_grows"),
    // Snapshots that are edited, cut off, missing, or newer.
    ("B10", "build-support/src/chain/tests.rs", "a_snapshot_that_is_not_what_it_was_is_named"),
    ("B10", "tests/tests/projects/errors.rs", "whatever_is_wrong_is_a_compile_error"),
    // Values of enums: appended, inserted, dropped, in another order; used by the migration that adds them.
    ("B05", "tests/cases/enum_values.case", ""),
    ("B05", "tests/tests/dialects.rs", "arrive_on_postgres"),
    ("B05", "tests/tests/dialects.rs", "arrive_on_mariadb"),
    ("B05", "tests/tests/engines/online/mod.rs", "a_value_is_added_before_it_is_used"),
    // A wider key, whose sequence goes as far.
    ("B06", "tests/tests/dialects.rs", "a_wider_key_has_a_wider_sequence"),
    // Killed before every statement, on every database.
    ("D01", "tests/tests/projects/crash/mod.rs", "killed_before_any_statement"),
    ("D01", "tests/tests/projects/crash/servers.rs", "killed_before_any_statement_on_a_server"),
    ("D02", "tests/tests/projects/crash/servers.rs", "killed_before_any_statement_on_a_server"),
    ("D02", "tests/tests/projects/crash/servers.rs", "killed_before_any_statement_while_programs_go_on"),
    ("D03", "tests/tests/engines/session.rs", "a_statement_that_runs_on_is_waited_for"),
    // An index that is none.
    (
        "D04",
        "tests/tests/engines/online/mod.rs",
        "an_index_that_failed_is_removed_and_built_when_its_rows_are_mended",
    ),
    ("D04", "tests/tests/engines/online/mod.rs", "an_index_that_was_cut_short_is_never_taken_for_one"),
    // Errors at any statement, and SQL by hand that ends transactions.
    ("D05", "tests/tests/projects/crash/mod.rs", "errors_and_panics_at_any_statement"),
    ("D05", "runtime/tests/migrate/opaque.rs", "sql_is_one_statement_and_leaves_the_transaction_alone"),
    ("D06", "runtime/tests/migrate/opaque.rs", "a_transaction_that_sqlite_ends_is_not_gone_on_with"),
    ("D06", "runtime/tests/migrate/rebuild.rs", "a_transaction_that_sqlite_ends_is_noticed"),
    ("D07", "tests/tests/engines/session.rs", "a_commit_without_an_answer_is_looked_up"),
    ("D08", "tests/tests/projects/crash/mod.rs", "errors_and_panics_at_any_statement"),
    ("D08", "runtime/tests/migrate/safety.rs", "a_panic_rolls_back"),
    // The power goes: a process of SQLite killed at any time leaves the files that it would leave.
    ("D09", "tests/tests/projects/crash/mod.rs", "killed_at_any_time"),
    ("D09", "tests/tests/engines/power.rs", "without_power_a_migration_is_done_or_not"),
    // Several at once, and locks.
    ("E01", "tests/tests/engines/concurrency.rs", "migrators_that_start_together_apply_once"),
    ("E01", "tests/tests/engines/galera.rs", "migrators_on_different_nodes_apply_once"),
    ("E02", "tests/tests/engines/online/mod.rs", "who_waits_for_the_lock_keeps_no_index_from_being_built"),
    ("E03", "tests/tests/engines/concurrency.rs", "a_holder_of_the_lock_is_named_and_its_lock_dies_with_it"),
    ("E03", "tests/tests/engines/galera.rs", "a_dead_holder_is_succeeded_in_time"),
    ("E04", "tests/tests/engines/pooler.rs", "a_pool_of_transactions_is_refused"),
    ("E05", "tests/tests/engines/concurrency.rs", "a_holder_of_the_lock_is_named_and_its_lock_dies_with_it"),
    ("E06", "runtime/tests/migrate/safety.rs", "a_busy_database_is_told"),
    ("E07", "tests/tests/engines/concurrency.rs", "applying_and_rolling_back_take_turns"),
    ("E07", "tests/tests/engines/concurrency.rs", "an_older_program_knows_that_the_database_is_ahead"),
    ("E08", "tests/tests/engines/concurrency.rs", "a_long_reader_is_waited_out"),
    // Histories that are not what they were.
    ("F01", "runtime/tests/migrate/history.rs", "an_edited_migration_is_refused_with_both_hashes"),
    ("F01", "tests/tests/projects/format.rs", "every_way_to_write_a_migration_is_the_same_migration"),
    ("F02", "tests/tests/projects/repair.rs", "files_of_a_migration_that_are_gone_come_back"),
    ("F02", "runtime/tests/migrate/history.rs", "an_unknown_revision_is_refused"),
    ("F02", "tests/tests/engines/adopt.rs", "a_damaged_history_is_mended"),
    ("F03", "runtime/tests/migrate/history.rs", "a_tampered_history_is_refused"),
    ("F03", "tests/tests/engines/adopt.rs", "a_damaged_history_is_mended"),
    ("F04", "runtime/tests/migrate/repair.rs", "a_table_of_another_program_is_set_aside"),
    ("F04", "tests/tests/engines/session.rs", "a_connection_of_the_caller_is_as_it_was"),
    ("F05", "tests/tests/projects/frozen.rs", "the_vocabulary_its_steps_and_its_hashes"),
    ("F06", "tests/tests/server_introspection/changed.rs", "on_postgres_what_is_changed_is_seen"),
    ("F06", "tests/tests/server_introspection/changed.rs", "on_mariadb_what_is_changed_is_seen"),
    // What surrounds it.
    ("G01", "runtime/tests/migrate/safety.rs", "a_disk_that_is_full_leaves_no_trace"),
    ("G02", "runtime/tests/migrate/safety.rs", "a_file_that_cannot_be_used_is_told"),
    ("G03", "tests/tests/engines/session.rs", "a_missing_right_is_named"),
    ("G03", "tests/tests/engines/timeouts.rs", "an_environment_says_how_long_is_waited"),
    ("G04", "tests/tests/engines/session.rs", "a_connection_of_the_caller_is_as_it_was"),
    ("G05", "tests/tests/projects/hygiene.rs", "generated_code_is_the_same_everywhere"),
    // Rows that reference themselves, each other, and those behind them.
    ("I01", "tests/tests/engines/seeds/mod.rs", "i01_circles_are_loaded_and_cleaned"),
    ("I01", "schema/tests/reports.rs", "seed_files"),
    // Keys that are used up; more rows than a statement takes.
    ("I02", "schema/tests/seeds.rs", "a_full_column_is_a_permutation_and_one_more_is_an_error"),
    ("I02", "schema/tests/seeds.rs", "what_must_differ_does_by_construction"),
    ("I02", "tests/tests/engines/seeds/mod.rs", "i02_every_value_of_a_key_is_used_once"),
    // Twice, after an edit, with numbers of their own, and where something is in the way.
    ("I03", "tests/tests/engines/seeds/mod.rs", "cleaning_keeps_exactly_what_was_edited"),
    ("I03", "tests/tests/engines/seeds/mod.rs", "numbers_go_on_behind_those_that_are_loaded"),
    ("I03", "tests/tests/engines/seeds/mod.rs", "what_is_written_otherwise_is_loaded_anew"),
    // Awkward values; the same bytes everywhere.
    ("I04", "tests/tests/engines/seeds/mod.rs", "i04_values_are_the_same_everywhere"),
    ("I04", "tests/tests/engines/seeds/mod.rs", "the_same_rows_on_every_database"),
    ("I04", "schema/tests/seeds.rs", "golden"),
    ("I04", "schema/tests/seeds.rs", "texts_of_files_are_the_same_however_they_were_checked_out"),
];

/// The groups whose every fault has tests here, and how many faults each has.
const GROUPS: [(char, usize); 6] = [('B', 10), ('D', 9), ('E', 8), ('F', 6), ('G', 5), ('I', 4)];

#[test]
fn every_fault_has_its_tests() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    for (fault, file, test) in TESTED {
        let text = fs::read_to_string(root.join(file));
        let text = text.unwrap_or_else(|error| panic!("{fault}: {file}: {error}"));
        let there = test.is_empty()
            || text.contains(&format!("#[test]\nfn {test}("))
            || text.contains(&format!("#[test]\n    fn {test}("));
        assert!(there, "{fault}: {file} has no test `{test}`");
    }
    for (group, count) in GROUPS {
        for fault in (1..=count).map(|number| format!("{group}{number:02}")) {
            let tested = TESTED.iter().any(|(known, ..)| *known == fault);
            assert!(tested, "{fault}");
        }
    }
}
