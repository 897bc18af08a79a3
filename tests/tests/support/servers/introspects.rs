//! What a server has otherwise than a schema.

use whimbrel::introspect::{self, Introspected};
use whimbrel_schema::{Schema, differences};

use super::{MariaDb, Postgres, Speaks};

/// A server whose databases can be read as a schema.
pub(crate) trait Introspects: Speaks {
    fn introspect(client: &mut Self::Client) -> Introspected;

    /// A schema in the spelling of the server.
    fn spelling(client: &mut Self::Client, expected: &Schema, found: &Introspected) -> Schema;
}

impl Introspects for Postgres {
    fn introspect(client: &mut Self::Client) -> Introspected {
        introspect::postgres(client).unwrap()
    }

    fn spelling(client: &mut Self::Client, expected: &Schema, found: &Introspected) -> Schema {
        introspect::spelled_by_postgres(client, expected, found).unwrap()
    }
}

impl Introspects for MariaDb {
    fn introspect(client: &mut Self::Client) -> Introspected {
        introspect::mysql(client).unwrap()
    }

    fn spelling(client: &mut Self::Client, expected: &Schema, found: &Introspected) -> Schema {
        introspect::spelled_by_mysql(client, expected, found).unwrap()
    }
}

/// What a database has otherwise than a schema, in words, and what it has that the language cannot say.
pub(crate) fn drift<S: Introspects>(client: &mut S::Client, expected: &Schema) -> Vec<String> {
    let found = S::introspect(client);
    let spelled = S::spelling(client, expected, &found);
    let pair = found.against(&spelled);
    let differences = differences(pair.as_ref(), &Default::default());
    assert_eq!(differences.is_empty(), pair.previous == pair.next, "words for every difference");
    let drift = whimbrel_schema::drift(&spelled, &found);
    assert_eq!(drift.mending.is_empty(), drift.differences.is_empty(), "what would be done about them");
    let unmanaged = found.unmanaged.iter().map(ToString::to_string);
    differences.iter().map(ToString::to_string).chain(unmanaged).collect()
}
