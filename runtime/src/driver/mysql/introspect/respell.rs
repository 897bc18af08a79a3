//! How this server spells the SQL of a schema.

use std::sync::Arc;

use whimbrel_schema::{Introspected, MysqlCatalogue, Name, Schema, Trial, Trials, read_mysql};

use super::{plainly, views};
use crate::driver::{Cell, Fault, FaultKind, Mysql};

impl Mysql<'_> {
    /// A schema in the spelling of this server, to be compared with what was found. What the server is asked
    /// is in temporary tables, and in views, which none of its kind can be temporary: these are dropped at
    /// once. A transaction that is open ends with it.
    pub(super) fn respelled(&mut self, expected: &Schema, found: &Introspected) -> Result<Schema, Fault> {
        let id = self.rows("SELECT CONNECTION_ID()", &[])?;
        let id = id.into_iter().flatten().next().and_then(Cell::integer).unwrap_or_default();
        let trials = Trials::new(found, expected, &format!("{id}_"));
        let all = trials.all();
        let mut read = Introspected { dialect: found.dialect, ..Introspected::default() };
        if all.is_empty() {
            return Ok(trials.respelled(&[], &read));
        }
        plainly(self, |driver| {
            let mut taken = Vec::new();
            for trial in all {
                if driver.take(&trial, &mut read.schema)? {
                    taken.push(trial);
                    continue;
                }
                for part in trials.apart(&trial) {
                    if driver.take(&part, &mut read.schema)? {
                        taken.push(part);
                    }
                }
            }
            Ok(trials.respelled(&taken, &read))
        })
    }

    /// Makes a trial, reads it and drops it, or finds that the server understands it no longer: what it names
    /// is not there, or is otherwise.
    fn take(&mut self, trial: &Trial, read: &mut Schema) -> Result<bool, Fault> {
        let drop = drop_statement(trial);
        self.rows(&drop, &[])?;
        match trial.create.iter().try_for_each(|sql| self.rows(sql, &[]).map(std::mem::drop)) {
            Ok(()) => {}
            Err(fault) if undecided(fault.kind) => return Err(fault),
            Err(_) => return Ok(false),
        }
        let shown = if trial.view { self.shown_view(&trial.name) } else { self.shown_table(&trial.name) };
        self.rows(&drop, &[])?;
        let shown = shown?;
        for table in shown.schema.tables.values() {
            read.insert(whimbrel_schema::Table::clone(table));
        }
        read.enums.extend(shown.schema.enums);
        read.views.extend(shown.schema.views.into_iter().map(|(name, view)| (name, Arc::clone(&view))));
        Ok(true)
    }

    fn shown_table(&mut self, name: &Name) -> Result<Introspected, Fault> {
        let shown = self.bytes(&format!("SHOW CREATE TABLE `{name}`"))?;
        let catalogue = shown.get(1).and_then(|sql| MysqlCatalogue::of_table(sql.as_deref()?));
        let mut catalogue = catalogue.ok_or_else(|| {
            Fault::new(FaultKind::Damaged, format!("what the server shows of {name} cannot be read"))
        })?;
        // What it shows in full is not asked again.
        for unclear in catalogue.unclear().iter().filter(|unclear| unclear.is_of_values()) {
            self.clear(unclear, &mut catalogue)?;
        }
        Ok(read_mysql(&catalogue))
    }

    fn shown_view(&mut self, name: &Name) -> Result<Introspected, Fault> {
        let mut catalogue = MysqlCatalogue {
            database: self.home.clone(),
            views: views(self, "table_name = ? AND table_name = ?", name.as_str())?,
            ..MysqlCatalogue::default()
        };
        for unclear in catalogue.unclear() {
            self.clear(&unclear, &mut catalogue)?;
        }
        Ok(read_mysql(&catalogue))
    }
}

fn drop_statement(trial: &Trial) -> String {
    let kind = if trial.view { "VIEW" } else { "TEMPORARY TABLE" };
    format!("DROP {kind} IF EXISTS `{}`", trial.name)
}

/// Whether a fault says nothing of the SQL that it answers, so that nothing is known.
const fn undecided(kind: FaultKind) -> bool {
    !matches!(kind, FaultKind::MissingTable | FaultKind::MissingColumn | FaultKind::Other)
}
