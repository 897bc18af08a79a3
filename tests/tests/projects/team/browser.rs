//! What a person with a browser sees of a review.

use std::path::Path;
use std::process::Command;

use super::review::branch;
use crate::harness::Workspace;

/// What is found where it is drawn. Only what nothing else covers is on top of its own middle.
const LOOK: &str = "<script>
    const seen = one => {
        one.scrollIntoView({ block: 'center' });
        const { left, top, width, height } = one.getBoundingClientRect();
        const above = document.elementFromPoint(left + width / 2, top + height / 2);
        return one.checkVisibility({ opacityProperty: true, visibilityProperty: true })
            && Math.max(width, height) > 20 && above !== null && one.closest('svg').contains(above);
    };
    const all = name => [...document.querySelectorAll('svg.diagram' + name)];
    const counted = name => all(name).filter(seen).length + ' of ' + all(name).length;
    const names = all(' .name').filter(seen).map(one => one.textContent).join(' ');
    const loaded = performance.getEntriesByType('resource').length;
    document.body.setAttribute('data-seen',
        `${counted('')} diagrams, ${counted(' rect')} tables, ${counted(' path.edge')} arrows: ${names}; ${loaded} loaded`);
</script></body>";

/// A page that loads nothing, and in which a person sees the tables.
#[test]
fn the_diagram_is_visible_in_a_browser() {
    let workspace = Workspace::new();
    let package = branch(&workspace, "pictured");
    let page = package.xtask(&["migrate-review", "--base", "main", "--format", "html"]).ends(0).out;
    assert!(!page.contains("<script") && !page.contains("src=") && !page.contains("href="), "{page}");
    let file = package.path("page.html");
    std::fs::write(&file, page.replace("</body>", LOOK)).unwrap();
    let Some(dom) = opened(&file) else { return };
    // links and users for one migration, users alone for the other, and one arrow.
    let seen = dom.split("data-seen=\"").nth(1).and_then(|rest| rest.split('"').next());
    let expected = "2 of 2 diagrams, 3 of 3 tables, 1 of 1 arrows: links users users; 0 loaded";
    assert_eq!(seen, Some(expected), "{dom}");
}

/// What a browser without a network makes of a page; `None` where there is none, which CI does not allow.
fn opened(file: &Path) -> Option<String> {
    for program in ["chromium", "chromium-browser", "google-chrome"] {
        let mut command = Command::new(program);
        command.args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--host-resolver-rules=MAP * ~NOTFOUND",
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
    assert!(!required, "there is no Chromium; ci/browser installs it");
    // Not by `eprintln!`, whose words are kept from the reader where a test passes.
    let words =
        "skipped: there is no Chromium, so nobody looks at the diagram of a review; ci/browser installs it\n";
    let _ = std::io::Write::write_all(&mut std::io::stderr(), words.as_bytes());
    None
}
