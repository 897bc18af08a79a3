#![allow(clippy::unwrap_used, reason = "helpers of tests, too, fail by panicking")]

use std::collections::BTreeMap;

use super::*;
use crate::chain::reseal;
use crate::inputs::Inputs;

const FIRST: &str = "\
[table.users.columns]
id = { type = \"bigint\", primary_key = true }
name = \"text\"

[table.notes.columns]
id = { type = \"bigint\", primary_key = true }
owner_id = { type = \"bigint?\", references = \"users.id\" }
";

const SECOND: &str = "\
[table.users.columns]
id = { type = \"bigint\", primary_key = true }
handle = \"text\"

[table.\"a<b>\".columns]
id = { type = \"bigint\", primary_key = true }
user_id = { type = \"bigint\", references = \"users.id\" }
price = \"decimal(10,2)\"

[table.notes.columns]
id = { type = \"bigint\", primary_key = true }
owner_id = { type = \"bigint?\", references = \"users.id\" }
";

/// Two migrations, with whatever could be taken for markup in their texts.
fn analysis() -> Analysis {
    let mut analysis = drafted(&[FIRST, SECOND]);
    assert!(analysis.diagnostics.is_empty(), "{:?}", analysis.diagnostics);
    analysis.config.dialects = vec![Dialect::Sqlite, Dialect::Postgres];
    analysis
}

fn drafted(schemas: &[&str]) -> Analysis {
    let mut texts = BTreeMap::from([("whimbrel.toml".to_owned(), String::new())]);
    for (index, schema) in schemas.iter().enumerate() {
        texts.insert("schema/a.toml".to_owned(), (*schema).to_owned());
        let mut analysis = Analysis::new(Inputs::default().with_texts(&texts));
        let mut wishes = crate::draft::Wishes::default();
        if index == 1 {
            wishes.renamed_columns.insert(("users".into(), "handle".into()), "name".into());
        }
        let draft = crate::draft::draft(&mut analysis, "change", &wishes, &|code| code).unwrap().unwrap();
        let directory = format!("migrations/{}", draft.revision);
        let code = if index == 1 {
            let code = draft.code.replacen("// Change.", "// Change | <b>it</b>.", 1);
            code.replacen("    Ok(())\n", "    db.data(|_| Ok(()))?;\n    Ok(())\n", 1)
        } else {
            draft.code
        };
        texts.insert(format!("{directory}/migration.rs"), code);
        texts.insert(format!("{directory}/snapshot.toml"), draft.snapshot.to_string());
    }
    let analysis = Analysis::new(Inputs::default().with_texts(&texts));
    assert!(reseal(&analysis.chain).is_empty());
    analysis
}

#[test]
fn text_stays_text_and_the_diagram_has_the_neighbours() {
    let reviews = review(&analysis(), &|revision| revision == "0002_change");
    insta::assert_snapshot!("markdown", markdown(&reviews));
    insta::assert_snapshot!("json", json(&reviews, "mail"));
    let page = html(&reviews, "mail");
    insta::assert_snapshot!("html", page);
    assert!(!page.contains("<b>") && !page.contains("http://") || page.matches("http://").count() == 1);
}

#[test]
fn a_review_says_the_same_wherever_it_is_made() {
    let texts =
        [review(&analysis(), &|_| true), review(&analysis(), &|_| true)].map(|reviews| markdown(&reviews));
    assert_eq!(texts[0], texts[1]);
    assert!(!texts[0].contains(env!("CARGO_MANIFEST_DIR")));
}

const BEFORE: &str = "\
[table.users.columns]
id = { type = 'bigint', primary_key = true }
name = 'text?'
email = 'varchar(99)'

[table.notes.columns]
id = { type = 'bigint', primary_key = true }
owner_id = { type = 'bigint', references = 'users.id' }

[table.old.columns]
id = { type = 'bigint', primary_key = true }
";

const AFTER: &str = "\
[table.users.columns]
id = { type = 'bigint', primary_key = true }
email = { type = 'varchar(99)', unique = true }

[table.users.indexes]
users_email_idx = ['email', 'id']

[table.notes.columns]
id = { type = 'bigint', primary_key = true }
owner_id = { type = 'bigint', references = 'users.id' }

[table.posts.columns]
id = { type = 'bigint', primary_key = true }
user_id = { type = 'bigint', references = 'users.id' }
editor_id = { type = 'bigint?', references = 'users.id' }
";

/// A migration that drops, locks and runs code, and what a reviewer must not miss.
#[test]
fn nothing_that_a_reviewer_wants_to_know_is_left_out() {
    let mut texts = BTreeMap::from([(
        "whimbrel.toml".to_owned(),
        "dialects = ['sqlite', 'postgres', 'mysql']\n[hazards]\nWHM301 = 'error'\n".to_owned(),
    )]);
    for (name, schema) in [("before", BEFORE), ("after", AFTER)] {
        texts.insert("schema/a.toml".to_owned(), schema.to_owned());
        let mut analysis = Analysis::new(Inputs::default().with_texts(&texts));
        let wishes = crate::draft::Wishes {
            accept_rest: Some("it was decided".to_owned()),
            ..crate::draft::Wishes::default()
        };
        let draft = crate::draft::draft(&mut analysis, name, &wishes, &|code| code).unwrap().unwrap();
        let directory = format!("migrations/{}", draft.revision);
        let data = "    db.data(|rows| {\n        rows.execute(\"UPDATE users SET email = lower(email)\", &[])?;\n        \
                    Ok(())\n    })?;\n    Ok(())\n}\n\npub fn downgrade";
        let code = draft.code.replace("    Ok(())\n}\n\npub fn downgrade", data);
        texts.insert(format!("{directory}/migration.rs"), if name == "after" { code } else { draft.code });
        texts.insert(format!("{directory}/snapshot.toml"), draft.snapshot.to_string());
    }
    let analysis = Analysis::new(Inputs::default().with_texts(&texts));
    assert!(analysis.diagnostics.is_empty(), "{:?}", analysis.diagnostics);
    let reviews = review(&analysis, &|revision| revision == "0002_after");
    let json: serde_json::Value = serde_json::from_str(&json(&reviews, "mail")).unwrap();
    let one = &json["migrations"][0];
    let named = |list: &str, name: &str| {
        let list = one[list].as_array().unwrap();
        list.iter()
            .find(|danger| danger["name"].as_str().is_some_and(|known| known.starts_with(name)))
            .cloned()
    };
    for name in ["WHD101:old", "WHD102:users.name"] {
        assert_eq!(named("hazards", name).unwrap()["accepted"], "it was decided");
        assert!(named("locks", name).is_none());
    }
    // What a policy makes an error is one for the newest.
    assert_eq!(named("hazards", "WHM301").unwrap()["severity"], "error");
    for (family, dialect) in [("WHP", "postgres"), ("WHY", "mysql")] {
        assert_eq!(named("locks", family).unwrap()["dialects"], serde_json::json!([dialect]));
        assert!(named("hazards", family).is_none());
    }
    assert_eq!(one["opaque_steps"], serde_json::json!({ "upgrade": 1, "downgrade": 0 }));
    assert_eq!(one["sql"].as_object().unwrap().keys().collect::<Vec<_>>(), ["mysql", "postgres", "sqlite"]);
    let diagram = one["diagram"].as_str().unwrap();
    for line in [
        "    old[\"old (dropped)\"] {",
        "        text_null name \"dropped\"",
        "    posts[\"posts (new)\"] {",
        "    users[\"users (changed)\"] {",
        "    users ||--o{ posts : \"user_id\"",
        "    users |o--o{ posts : \"editor_id\"",
    ] {
        assert!(diagram.lines().any(|known| known == line), "`{line}` is not in\n{diagram}");
    }
    let text = markdown(&reviews);
    assert!(
        text.contains("**Rust code** runs on rows in 1 step; read `migrations/0002_after/migration.rs`.")
    );
    let page = html(&reviews, "mail");
    assert!(page.contains("<strong>lossy</strong>"), "{page}");
    assert!(page.contains("line-through") && page.contains("<text class=\"column dropped\""), "{page}");
}
