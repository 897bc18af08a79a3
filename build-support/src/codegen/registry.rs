//! `PROJECT`: the environments and migrations as the runtime takes them.

use std::fmt::Write as _;
use std::time::Duration;

use whimbrel_schema::seed::Called;
use whimbrel_schema::{Archiving, Dialect, Environment, EnvironmentUrl, Hazard};

use super::SILENCE;
use crate::analysis::Analysis;
use crate::chain::{Chain, Link};
use crate::code::{Downgrade, Function, module_name};
use crate::reversal::{Reversal, reversal};

/// The static `PROJECT`. A migration whose code could not be read is left out; the build fails for
/// its error in any case.
pub(super) fn registry(analysis: &Analysis, package: &str) -> String {
    let environments: String = analysis.config.environments.iter().map(environment).collect();
    let (mut migrations, mut parent): (String, Option<&Link>) = Default::default();
    for link in &analysis.chain.links {
        let here = &analysis.config.dialects;
        migrations.push_str(&migration(link, parent, here).unwrap_or_default());
        parent = Some(link);
    }
    let seeds = match analysis.seeds {
        // Whether the program loads seeds is a feature of the runtime, of which generated code knows nothing.
        Some(_) => "::whimbrel::seeds!(modules::SEEDS)",
        None => "::core::option::Option::None",
    };
    format!(
        "/// The migrations and environments of this package.\n\
         {SILENCE}\n\
         pub static PROJECT: ::whimbrel::Project = ::whimbrel::Project {{\n    \
             package: {package:?},\n    \
             environments: &[\n{environments}    ],\n    \
             migrations: &[\n{migrations}    ],\n    \
             seeds: {seeds},\n\
         }};\n"
    )
}

/// The files of the migrations, as modules beside the versions they name.
pub(super) fn modules(chain: &Chain) -> String {
    let mut text = String::new();
    for link in &chain.links {
        let _ = writeln!(text, "pub(super) use super::{};", module_name(link.number));
    }
    for link in chain.links.iter().filter(|link| link.files.code.is_some()) {
        let (path, snapshot) = (link.files.code_path(), link.files.snapshot_path());
        let (path, snapshot) = (path.display().to_string(), snapshot.display().to_string());
        let _ = write!(
            text,
            "#[path = {path:?}]\npub(super) mod m{number:04};\n\
             pub(super) const S{number:04}: &str = include_str!({snapshot:?});\n",
            number = link.number
        );
    }
    text
}

/// The files of the seeds, and the functions that they call, beside the migrations.
pub(super) fn seeds(analysis: &Analysis) -> String {
    let (Some(seeds), Some(directory)) = (&analysis.seeds, &analysis.config.seeds) else {
        return String::new();
    };
    let inputs = &analysis.inputs;
    let place = |path: &str| inputs.root.join(path).display().to_string();
    let mut texts = String::new();
    for id in inputs.seeds.manifest.iter().chain(&inputs.seeds.files) {
        let path = &inputs.sources.get(*id).path;
        let _ = writeln!(texts, "        ({path:?}, include_str!({:?})),", place(path));
    }
    let mut data = String::new();
    for path in seeds.data.iter().filter(|path| inputs.seed_paths.contains(path)) {
        let _ = writeln!(
            data,
            "        ({path:?}, include_bytes!({:?})),",
            place(&format!("{directory}/{path}"))
        );
    }
    let mut functions = String::new();
    for Called { path, marker, nullable } in &seeds.calls {
        let marker = format!("::whimbrel::types::{marker}");
        let marker = if *nullable { format!("::whimbrel::types::Nullable<{marker}>") } else { marker };
        let _ = writeln!(
            functions,
            "        ::whimbrel::SeedFunction {{ path: {path:?}, \
             call: |call_| ::whimbrel::seed::made::<{marker}>({path}(call_)) }},"
        );
    }
    format!(
        "#[allow(dead_code)]\npub(super) static SEEDS: ::whimbrel::SeedFiles = ::whimbrel::SeedFiles {{\n    \
             directory: {directory:?},\n    \
             texts: &[\n{texts}    ],\n    \
             data: &[\n{data}    ],\n    \
             functions: &[\n{functions}    ],\n\
         }};\n"
    )
}

fn environment(environment: &Environment) -> String {
    let Environment { name, url, protect, allow_destructive, archive, timeouts } = environment;
    let url = match url {
        EnvironmentUrl::Literal(url) => format!("Literal({url:?})"),
        EnvironmentUrl::Variable(variable) => format!("Variable({variable:?})"),
    };
    let archive = match archive {
        Archiving::Off => "Off".to_owned(),
        Archiving::Forever => "Forever".to_owned(),
        Archiving::For(age) => format!("For(::whimbrel::Age::hours({}))", age.as_hours()),
    };
    let time = |time: Option<Duration>| match time {
        Some(time) => {
            format!("::core::option::Option::Some(::core::time::Duration::from_millis({}))", time.as_millis())
        }
        None => "::core::option::Option::None".to_owned(),
    };
    let (wait, lock, statement) = (time(timeouts.wait), time(timeouts.lock), time(timeouts.statement));
    format!(
        "        ::whimbrel::Environment {{\n            \
                     name: {name:?},\n            \
                     url: ::whimbrel::EnvironmentUrl::{url},\n            \
                     protect: {protect},\n            \
                     allow_destructive: {allow_destructive},\n            \
                     archive: ::whimbrel::Archiving::{archive},\n            \
                     timeouts: ::whimbrel::Timeouts {{\n                \
                         wait: {wait},\n                \
                         lock: {lock},\n                \
                         statement: {statement},\n            \
                     }},\n        \
                 }},\n"
    )
}

fn migration(link: &Link, parent: Option<&Link>, dialects: &[Dialect]) -> Option<String> {
    let code = link.code.as_ref()?;
    let (revision, hash, number) = (link.revision(), link.hash.as_ref()?, link.number);
    let parent = match parent {
        Some(parent) => format!("::core::option::Option::Some({:?})", parent.revision()),
        None => "::core::option::Option::None".to_owned(),
    };
    let upgrade = steps(&code.upgrade, number, "upgrade");
    let downgrade = match &code.downgrade {
        Downgrade::Function(function) => format!("Steps({})", steps(function, number, "downgrade")),
        Downgrade::NothingToUndo(reason) => format!("NothingToUndo({reason:?})"),
        Downgrade::Irreversible(reason) => format!("Irreversible({reason:?})"),
    };
    let (reversal, destroyed) = reversal(code, link.hazards.as_ref(), dialects);
    let reversal = match &reversal {
        Reversal::Lossless => "Lossless".to_owned(),
        Reversal::Archived(_) => format!("Archived(&{:?})", reversal.words()),
        Reversal::Lossy(_) => format!("Lossy(&{:?})", reversal.words()),
        Reversal::Irreversible(reason) => format!("Irreversible({reason:?})"),
    };
    let destroyed = destroyed.map(|hazards| destructions(&hazards, dialects));
    let (upgrade_destroys, downgrade_destroys) = (destroyed.previous, destroyed.next);
    Some(format!(
        "        ::whimbrel::Migration {{\n            \
                     revision: {revision:?},\n            \
                     parent: {parent},\n            \
                     hash: {hash:?},\n            \
                     snapshot: modules::S{number:04},\n            \
                     upgrade: {upgrade},\n            \
                     downgrade: ::whimbrel::Downgrade::{downgrade},\n            \
                     reversal: ::whimbrel::Reversal::{reversal},\n            \
                     upgrade_destroys: {upgrade_destroys},\n            \
                     downgrade_destroys: {downgrade_destroys},\n        \
                 }},\n"
    ))
}

fn steps(function: &Function, number: u32, direction: &str) -> String {
    let texts: Vec<String> = function.steps.iter().map(|step| step.operation.to_string()).collect();
    format!("::whimbrel::Steps {{ run: modules::m{number:04}::{direction}, steps: &{texts:?} }}")
}

fn destructions(hazards: &[Hazard], dialects: &[Dialect]) -> String {
    let destruction = |hazard: &Hazard| {
        let (object, words, kept) = (&hazard.object, hazard.words(), hazard.keeping.is_whole());
        let code = hazard.code.variant();
        format!(
            "::whimbrel::Destruction {{ code: ::whimbrel::HazardCode::{code}, object: {object:?}, \
             words: {words:?}, kept: {kept} }}"
        )
    };
    let here = hazards.iter().filter(|hazard| hazard.is_on(dialects));
    let destructions: Vec<String> = here.map(destruction).collect();
    format!("&[{}]", destructions.join(", "))
}
