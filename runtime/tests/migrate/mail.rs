//! A project as generated code would hold it, and databases to try it on.

use rusqlite::Connection;
use rusqlite::types::Value;
use whimbrel::v1::{Editor, Result};
use whimbrel::{
    Archiving, Destruction, Downgrade, Environment, EnvironmentUrl, HazardCode, Migration, Project, Reversal,
    Steps, Timeouts,
};

pub(crate) mod v0001 {
    use whimbrel::{Column, Index, Table, Unique, types};

    pub(crate) struct Users;
    impl Table for Users {
        const NAME: &'static str = "users";
        const VERSION: u32 = 1;
    }
    #[allow(dead_code)]
    impl Users {
        pub(crate) const ID: Column<Self, types::BigInt> = Column::new("id");
        pub(crate) const EMAIL: Column<Self, types::Text> = Column::new("email");
        pub(crate) const TZ: Column<Self, types::Nullable<types::Text>> = Column::new("tz");
        pub(crate) const USERS_EMAIL_KEY: Unique<Self> = Unique::new("users_email_key");
        pub(crate) const USERS_TZ_IDX: Index<Self> = Index::new("users_tz_idx");
    }
}

pub(crate) mod v0002 {
    pub(crate) use super::v0001::Users;
    use whimbrel::{Column, Table, types};

    pub(crate) struct UserSettings;
    impl Table for UserSettings {
        const NAME: &'static str = "user_settings";
        const VERSION: u32 = 2;
    }
    impl UserSettings {
        pub(crate) const USER_ID: Column<Self, types::BigInt> = Column::new("user_id");
        pub(crate) const TIMEZONE: Column<Self, types::Text> = Column::new("timezone");
    }
}

pub(crate) mod v0003 {
    use whimbrel::{Column, Table, types};

    pub(crate) struct Users;
    impl Table for Users {
        const NAME: &'static str = "users";
        const VERSION: u32 = 3;
    }
    impl Users {
        pub(crate) const NAME: Column<Self, types::Text> = Column::new("name");
    }
}

fn create_users(db: &mut Editor<'_>) -> Result<()> {
    db.create_table(v0001::Users)?;
    Ok(())
}

fn drop_users(db: &mut Editor<'_>) -> Result<()> {
    db.drop_table(v0001::Users)?;
    Ok(())
}

fn create_settings(db: &mut Editor<'_>) -> Result<()> {
    use v0001 as before;
    use v0002 as after;
    db.create_table(after::UserSettings)?;
    db.insert_from(after::UserSettings, before::Users)
        .set(after::UserSettings::USER_ID, before::Users::ID)
        .set(after::UserSettings::TIMEZONE, before::Users::TZ.or("UTC"))
        .run()?;
    Ok(())
}

fn drop_settings(db: &mut Editor<'_>) -> Result<()> {
    db.drop_table(v0002::UserSettings)?;
    Ok(())
}

fn tighten_users(db: &mut Editor<'_>) -> Result<()> {
    use v0002 as before;
    use v0003 as after;
    db.alter_table(before::Users, after::Users, |users| {
        users.drop_column(before::Users::TZ);
        users.add_column(after::Users::NAME).backfill(before::Users::EMAIL);
    })?;
    Ok(())
}

fn loosen_users(db: &mut Editor<'_>) -> Result<()> {
    use v0002 as after;
    use v0003 as before;
    db.alter_table(before::Users, after::Users, |users| {
        users.drop_column(before::Users::NAME);
        users.add_column(after::Users::TZ);
    })?;
    Ok(())
}

pub(crate) const CREATE_USERS: Migration = Migration {
    revision: "0001_create_users",
    parent: None,
    hash: "w1:0001",
    snapshot: r#"
        format = 1
        revision = "0001_create_users"
        hazards = 1
        [table.users]
        primary_key = ["id"]
        [table.users.columns]
        id = { type = "bigint", auto_increment = true }
        email = "text"
        tz = "text?"
        [table.users.uniques]
        users_email_key = ["email"]
    "#,
    upgrade: Steps { run: create_users, steps: &["create table users"] },
    downgrade: Downgrade::Steps(Steps { run: drop_users, steps: &["drop table users"] }),
    reversal: Reversal::Lossy(&["rolling back drops table users"]),
    upgrade_destroys: &[],
    downgrade_destroys: &[Destruction {
        code: HazardCode::DropTable,
        object: "users",
        words: "drops table users with its rows",
        kept: true,
    }],
};

pub(crate) const CREATE_SETTINGS: Migration = Migration {
    revision: "0002_create_settings",
    parent: Some("0001_create_users"),
    hash: "w1:0002",
    snapshot: r#"
        format = 1
        revision = "0002_create_settings"
        parent = "0001_create_users"
        parent_hash = "w1:1111111111111111111111111111111111111111111111111111111111111111"
        hazards = 1
        [table.user_settings]
        primary_key = ["user_id"]
        [table.user_settings.columns]
        user_id = "bigint"
        timezone = "text"
        [table.user_settings.foreign_keys]
        user_settings_user_id_fk = { columns = ["user_id"], references = "users.id", on_delete = "cascade" }
    "#,
    upgrade: Steps {
        run: create_settings,
        steps: &[
            "create table user_settings",
            "insert into user_settings from users set user_id = users.id, timezone = coalesce(users.tz, \"UTC\")",
        ],
    },
    downgrade: Downgrade::Steps(Steps { run: drop_settings, steps: &["drop table user_settings"] }),
    reversal: Reversal::Lossy(&["rolling back drops table user_settings"]),
    upgrade_destroys: &[],
    downgrade_destroys: &[Destruction {
        code: HazardCode::DropTable,
        object: "user_settings",
        words: "drops table user_settings with its rows",
        kept: true,
    }],
};

pub(crate) const TIGHTEN_USERS: Migration = Migration {
    revision: "0003_tighten_users",
    parent: Some("0002_create_settings"),
    hash: "w1:0003",
    snapshot: r#"
        format = 1
        revision = "0003_tighten_users"
        parent = "0002_create_settings"
        parent_hash = "w1:2222222222222222222222222222222222222222222222222222222222222222"
        hazards = 1
        [table.users]
        primary_key = ["id"]
        [table.users.columns]
        id = { type = "bigint", auto_increment = true }
        email = "text"
        name = "text"
        [table.users.uniques]
        users_email_key = ["email"]
    "#,
    upgrade: Steps {
        run: tighten_users,
        steps: &["alter table users { drop column tz; add column name backfill users.email }"],
    },
    downgrade: Downgrade::Steps(Steps {
        run: loosen_users,
        steps: &["alter table users { drop column name; add column tz }"],
    }),
    reversal: Reversal::Lossy(&["applying drops column users.tz", "rolling back drops column users.name"]),
    upgrade_destroys: &[Destruction {
        code: HazardCode::DropColumn,
        object: "users.tz",
        words: "drops column users.tz with its values",
        kept: true,
    }],
    downgrade_destroys: &[Destruction {
        code: HazardCode::DropColumn,
        object: "users.name",
        words: "drops column users.name with its values",
        kept: true,
    }],
};

pub(crate) static MAIL: Project = project(&[CREATE_USERS, CREATE_SETTINGS, TIGHTEN_USERS]);

pub(crate) const fn project(migrations: &'static [Migration]) -> Project {
    Project {
        package: "mail",
        seeds: None,
        environments: &[
            Environment {
                name: "dev",
                url: EnvironmentUrl::Literal("sqlite:mail.db"),
                protect: false,
                allow_destructive: true,
                archive: Archiving::Forever,
                timeouts: Timeouts::NONE,
            },
            Environment {
                name: "production",
                url: EnvironmentUrl::Literal("sqlite:production.db"),
                protect: true,
                allow_destructive: false,
                archive: Archiving::Forever,
                timeouts: Timeouts::NONE,
            },
        ],
        migrations,
    }
}

/// The whole of a database as text: the catalogue and every row. What bears the clock is left out.
pub(crate) fn dump(connection: &Connection) -> String {
    let mut out = rows(
        connection,
        "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'whimbrel_%' ORDER BY type, name",
    );
    for table in rows(connection, "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name") {
        if !table.starts_with("whimbrel_") {
            out.push(table.clone());
            out.extend(rows(connection, &format!("SELECT * FROM \"{table}\" ORDER BY 1")));
        }
    }
    out.join("\n")
}

/// The rows of a query, each as one text.
pub(crate) fn rows(connection: &Connection, sql: &str) -> Vec<String> {
    let mut statement = connection.prepare(sql).unwrap();
    let width = statement.column_count();
    let text = |value: Value| match value {
        Value::Null => "NULL".to_owned(),
        Value::Integer(number) => number.to_string(),
        Value::Real(number) => number.to_string(),
        Value::Text(text) => text,
        Value::Blob(bytes) => format!("{bytes:02x?}"),
    };
    let row = |row: &rusqlite::Row<'_>| {
        let cells: rusqlite::Result<Vec<String>> = (0..width).map(|index| row.get(index).map(text)).collect();
        Ok(cells?.join("|"))
    };
    statement.query_map([], row).unwrap().collect::<rusqlite::Result<_>>().unwrap()
}

pub(crate) fn run(connection: &Connection, sql: &str) {
    connection.execute_batch(sql).unwrap();
}

/// The settings that migrations change.
pub(crate) fn settings(connection: &Connection) -> Vec<String> {
    ["foreign_keys", "legacy_alter_table", "recursive_triggers", "defer_foreign_keys"]
        .iter()
        .flat_map(|name| rows(connection, &format!("PRAGMA {name}")))
        .collect()
}
