//! `migrate-review`: what new migrations do, as text, for programs, and in a browser.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::base::{self, SCHEMA};
use crate::harness::{Package, Workspace};

const LINKS: &str = "[table.links.columns]\nid = { type = \"bigint\", primary_key = true }\nuser_id = { type = \"bigint\", references = \"users.id\" }\n";

fn branch(workspace: &Workspace, name: &str) -> Package {
    let package = workspace.package_with(name, base::files());
    let repository = workspace.repository();
    repository.branch("ada", "main");
    package.write("schema/links.toml", LINKS);
    package.evolve("add_links", &[]);
    package.replace(SCHEMA, "nick  = \"text?\"\n", "");
    package.evolve("drop_nick", &["--accept", "WHD102:users.nick=nobody uses it"]);
    package
}

#[test]
fn what_is_new_on_a_branch_is_reviewed() {
    let workspace = Workspace::new();
    let package = branch(&workspace, "reviewed");
    let before = package.listing();
    let text = package.xtask(&["migrate-review", "--base", "main"]).ends(0).out;
    for words in [
        "## 0004_add_links\n",
        "| new | `table links` | `2 columns` |",
        "## 0005_drop_nick\n",
        "accepted: nobody uses it",
        "Rolling back is **archived**",
        "<details><summary>SQL on SQLite: ",
        "```mermaid\nerDiagram\n",
        "users ||--o{ links : \"user_id\"",
    ] {
        assert!(text.contains(words), "`{words}` is not in\n{text}");
    }
    assert!(!text.contains("0003_add_settings\n"), "{text}");
    assert!(!text.contains(package.root.to_str().unwrap()), "{text}");
    // The same on any other day, in any other place; alone it is the newest.
    assert_eq!(package.xtask(&["migrate-review", "--base", "main"]).out, text);
    let newest = package.xtask(&["migrate-review"]).ends(0).out;
    assert!(newest.starts_with("## 0005_drop_nick\n") && text.ends_with(&newest), "{newest}");
    package.xtask(&["migrate-review", "0004_add_lnks"]).ends(2).complains("did you mean `0004_add_links`?");
    package.xtask(&["migrate-review", "--format", "htm"]).ends(2).complains("did you mean `html`?");

    let json = package.xtask(&["migrate-review", "--base", "main", "--format", "json"]).ends(0).out;
    let json: Value = serde_json::from_str(&json).unwrap();
    let migrations = json["migrations"].as_array().unwrap();
    assert_eq!(migrations.len(), 2);
    assert_eq!(migrations[1]["hazards"][0]["name"], "WHD102:users.nick");
    assert!(migrations[0]["hash"].as_str().unwrap().starts_with("w1:"));
    assert_eq!(package.listing(), before);

    // Nothing is said of what does not hold.
    package.append("migrations/0004_add_links/migration.rs", "\n// an edit is none\n");
    package.xtask(&["migrate-review"]).ends(0);
    package.replace("migrations/0004_add_links/migration.rs", "db.drop_table(after::Links)?;", "");
    package.xtask(&["migrate-review"]).ends(1).complains("then there is something to review");
}

/// A page that loads nothing, and in which a person sees the tables.
#[test]
fn the_diagram_is_visible_in_a_browser() {
    let workspace = Workspace::new();
    let package = branch(&workspace, "pictured");
    let page = package.xtask(&["migrate-review", "--base", "main", "--format", "html"]).ends(0).out;
    assert!(!page.contains("<script") && !page.contains("src=") && !page.contains("href="), "{page}");
    let measure = "<script>
        const boxes = [...document.querySelectorAll('svg.diagram rect, svg.diagram path.edge')].map(one => {
            const { width, height } = one.getBoundingClientRect();
            return one.checkVisibility() && Math.max(width, height) > 20;
        });
        document.body.setAttribute('data-seen', boxes.filter(seen => seen).length + ' of ' + boxes.length);
        const names = [...document.querySelectorAll('svg.diagram .name')].map(one => one.textContent);
        document.body.setAttribute('data-names', names.join(' '));
    </script></body>";
    let file = package.path("page.html");
    std::fs::write(&file, page.replace("</body>", measure)).unwrap();
    let Some(dom) = opened(&file) else { return };
    // links and users for one migration, users alone for the other, and one arrow.
    assert!(dom.contains("data-seen=\"4 of 4\""), "{dom}");
    assert!(dom.contains("data-names=\"links users users\""), "{dom}");
}

/// What a browser makes of a page; `None` where there is none, which CI does not allow.
fn opened(file: &Path) -> Option<String> {
    for program in ["chromium", "chromium-browser", "google-chrome"] {
        let mut command = Command::new(program);
        command.args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--dump-dom",
        ]);
        let profile = file.with_extension("profile");
        command.arg(format!("--user-data-dir={}", profile.display()));
        let output = command.arg(format!("file://{}", file.display())).output();
        if let Ok(output) = output {
            let text = String::from_utf8_lossy(&output.stdout).into_owned();
            assert!(text.contains("</html>"), "{program}: {}", String::from_utf8_lossy(&output.stderr));
            return Some(text);
        }
    }
    let required = std::env::var_os("WHIMBREL_TEST_BROWSER").is_some_and(|value| value == "required");
    assert!(!required, "there is no Chromium");
    eprintln!("skipped: there is no Chromium");
    None
}
