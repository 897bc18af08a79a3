//! `PROJECT`: the environments and migrations as the runtime takes them.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use whimbrel_schema::{Archiving, EnvironmentUrl, Hazard, HazardCode, Pair, Schema};

use super::silence;
use crate::analysis::Analysis;
use crate::chain::{Chain, Link};
use crate::code::{Downgrade, Function, MigrationCode};
use crate::reversal::{Reversal, reversal};

/// The static `PROJECT`. A migration whose code could not be read is left out; the build fails for
/// its error in any case.
pub(super) fn registry(analysis: &Analysis, package: &str) -> TokenStream {
    let environments = analysis.config.environments.iter().map(|environment| {
        let (name, protect) = (&environment.name, environment.protect);
        let allow = environment.allow_destructive;
        let archive = match environment.archive {
            Archiving::Off => quote! { Off },
            Archiving::Forever => quote! { Forever },
            Archiving::For(age) => {
                let hours = age.as_hours();
                quote! { For(::whimbrel::Age::hours(#hours)) }
            }
        };
        let url = match &environment.url {
            EnvironmentUrl::Literal(url) => quote! { Literal(#url) },
            EnvironmentUrl::Variable(variable) => quote! { Variable(#variable) },
        };
        quote! {
            ::whimbrel::Environment {
                name: #name,
                url: ::whimbrel::EnvironmentUrl::#url,
                protect: #protect,
                allow_destructive: #allow,
                archive: ::whimbrel::Archiving::#archive,
            }
        }
    });
    let links = &analysis.chain.links;
    let schemas = std::iter::once(Schema::default()).chain(links.iter().map(|link| link.schema.clone()));
    let migrations = links.iter().zip(schemas).enumerate().filter_map(|(position, (link, previous))| {
        let parent = position.checked_sub(1).and_then(|position| links.get(position));
        migration(link, parent, &previous)
    });
    let silence = silence();
    quote! {
        /// The migrations and environments of this package.
        #silence
        pub static PROJECT: ::whimbrel::Project = ::whimbrel::Project {
            package: #package,
            environments: &[#(#environments),*],
            migrations: &[#(#migrations),*],
        };
    }
}

/// The files of the migrations, as modules beside the versions they name.
pub(super) fn modules(chain: &Chain) -> TokenStream {
    let modules = chain.links.iter().filter(|link| link.files.code.is_some()).map(|link| {
        let module = code_module(link);
        let path = link.files.code_path().display().to_string();
        let snapshot = format_ident!("S{:04}", link.number);
        let snapshot_path = link.files.snapshot_path().display().to_string();
        quote! {
            #[path = #path]
            pub(super) mod #module;
            pub(super) const #snapshot: &str = include_str!(#snapshot_path);
        }
    });
    let versions = chain.links.iter().map(|link| format_ident!("{}", crate::code::module_name(link.number)));
    quote! {
        #(pub(super) use super::#versions;)*
        #(#modules)*
    }
}

fn code_module(link: &Link) -> proc_macro2::Ident {
    format_ident!("m{:04}", link.number)
}

fn migration(link: &Link, parent: Option<&Link>, previous: &Schema) -> Option<TokenStream> {
    let code = link.code.as_ref()?;
    let (revision, hash) = (link.revision(), link.hash.as_ref()?);
    let parent = match parent {
        Some(parent) => {
            let name = parent.revision();
            quote! { ::core::option::Option::Some(#name) }
        }
        None => quote! { ::core::option::Option::None },
    };
    let module = code_module(link);
    let snapshot = format_ident!("S{:04}", link.number);
    let upgrade = steps(&code.upgrade, &quote! { modules::#module::upgrade });
    let downgrade = match &code.downgrade {
        Downgrade::Function(function) => {
            let steps = steps(function, &quote! { modules::#module::downgrade });
            quote! { Steps(#steps) }
        }
        Downgrade::NothingToUndo(reason) => quote! { NothingToUndo(#reason) },
        Downgrade::Irreversible(reason) => quote! { Irreversible(#reason) },
    };
    let (reversal, upgrade_destroys, downgrade_destroys) = dangers(code, Pair::new(previous, &link.schema));
    Some(quote! {
        ::whimbrel::Migration {
            revision: #revision,
            parent: #parent,
            hash: #hash,
            snapshot: modules::#snapshot,
            upgrade: #upgrade,
            downgrade: ::whimbrel::Downgrade::#downgrade,
            reversal: ::whimbrel::Reversal::#reversal,
            upgrade_destroys: #upgrade_destroys,
            downgrade_destroys: #downgrade_destroys,
        }
    })
}

fn steps(function: &Function, path: &TokenStream) -> TokenStream {
    let texts = function.steps.iter().map(|step| step.operation.to_string());
    quote! { ::whimbrel::Steps { run: #path, steps: &[#(#texts),*] } }
}

fn dangers(code: &MigrationCode, schemas: Pair<&Schema>) -> (TokenStream, TokenStream, TokenStream) {
    let (reversal, destroyed) = reversal(code, schemas);
    let words = reversal.words();
    let reversal = match &reversal {
        Reversal::Lossless => quote! { Lossless },
        Reversal::Archived(_) => quote! { Archived(&[#(#words),*]) },
        Reversal::Lossy(_) => quote! { Lossy(&[#(#words),*]) },
        Reversal::Irreversible(reason) => quote! { Irreversible(#reason) },
    };
    let destroyed = destroyed.map(|hazards| destructions(&hazards));
    (reversal, destroyed.previous, destroyed.next)
}

fn destructions(hazards: &[Hazard]) -> TokenStream {
    let destructions = hazards.iter().map(|hazard| {
        let (object, words, kept) = (&hazard.object, hazard.words(), hazard.keeping.is_whole());
        let code = code(hazard.code);
        quote! {
            ::whimbrel::Destruction {
                code: ::whimbrel::HazardCode::#code,
                object: #object,
                words: #words,
                kept: #kept,
            }
        }
    });
    quote! { &[#(#destructions),*] }
}

fn code(code: HazardCode) -> TokenStream {
    match code {
        HazardCode::DropTable => quote! { DropTable },
        HazardCode::DropColumn => quote! { DropColumn },
        HazardCode::DeleteRows => quote! { DeleteRows },
        HazardCode::ReplaceValues => quote! { ReplaceValues },
        HazardCode::NarrowType => quote! { NarrowType },
        HazardCode::Opaque => quote! { Opaque },
    }
}
