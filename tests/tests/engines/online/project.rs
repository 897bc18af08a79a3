//! A project whose migrations let programs go on, as generated code would hold it.

use whimbrel::v1::{Editor, Result};
use whimbrel::{Downgrade, Migration, Project, Reversal, Steps};

mod tokens {
    use whimbrel::{Check, Column, Enum, ForeignKey, Index, Table, types};

    pub(super) struct Users;
    impl Table for Users {
        const NAME: &'static str = "users";
        const VERSION: u32 = 1;
    }
    impl Users {
        pub(super) const AGE: Column<Self, types::Nullable<types::Integer>> = Column::new("age");
        pub(super) const OLD: Column<Self, types::Integer> = Column::new("age");
        pub(super) const NICK: Column<Self, types::Nullable<types::Text>> = Column::new("nick");
        pub(super) const USERS_EMAIL_IDX: Index<Self> = Index::new("users_email_idx");
        pub(super) const USERS_AGE_CHECK: Check<Self> = Check::new("users_age_check");
    }

    pub(super) struct Posts;
    impl Table for Posts {
        const NAME: &'static str = "posts";
        const VERSION: u32 = 1;
    }
    impl Posts {
        pub(super) const MOOD: Column<Self, types::Text> = Column::new("mood");
        pub(super) const POSTS_USER_FKEY: ForeignKey<Self> = ForeignKey::new("posts_user_fkey");
    }

    pub(super) struct Mood;
    impl Enum for Mood {
        const NAME: &'static str = "mood";
        const VERSION: u32 = 1;
    }
}

use tokens::{Mood, Posts, Users};

fn create(db: &mut Editor<'_>) -> Result<()> {
    db.create_enum(Mood)?;
    db.create_table(Users)?;
    db.create_table(Posts)?;
    Ok(())
}

fn create_back(db: &mut Editor<'_>) -> Result<()> {
    db.drop_table(Posts)?;
    db.drop_table(Users)?;
    db.drop_enum(Mood)?;
    Ok(())
}

fn index(db: &mut Editor<'_>) -> Result<()> {
    db.online().create_index(Users::USERS_EMAIL_IDX)?;
    Ok(())
}

fn index_back(db: &mut Editor<'_>) -> Result<()> {
    db.online().drop_index(Users::USERS_EMAIL_IDX)?;
    Ok(())
}

fn tighten(db: &mut Editor<'_>) -> Result<()> {
    db.online().alter_table(Posts, Posts, |posts| {
        posts.add_foreign_key(Posts::POSTS_USER_FKEY);
    })?;
    db.online().alter_table(Users, Users, |users| {
        users.alter_column(Users::AGE, Users::OLD).backfill(0);
    })?;
    db.online().alter_table(Users, Users, |users| {
        users.add_check(Users::USERS_AGE_CHECK);
    })?;
    Ok(())
}

fn tighten_back(db: &mut Editor<'_>) -> Result<()> {
    db.online().alter_table(Users, Users, |users| {
        users.drop_check(Users::USERS_AGE_CHECK);
        users.alter_column(Users::OLD, Users::AGE);
    })?;
    db.online().alter_table(Posts, Posts, |posts| {
        posts.drop_foreign_key(Posts::POSTS_USER_FKEY);
    })?;
    Ok(())
}

fn late(db: &mut Editor<'_>) -> Result<()> {
    db.alter_enum(Mood).run()?;
    db.update(Posts).set(Posts::MOOD, "late").every_row().run()?;
    Ok(())
}

fn late_back(db: &mut Editor<'_>) -> Result<()> {
    db.update(Posts).set(Posts::MOOD, "calm").every_row().run()?;
    db.alter_enum(Mood).run()?;
    Ok(())
}

fn nick(db: &mut Editor<'_>) -> Result<()> {
    db.online().alter_table(Users, Users, |users| {
        users.add_column(Users::NICK);
    })?;
    Ok(())
}

fn nick_back(db: &mut Editor<'_>) -> Result<()> {
    db.online().alter_table(Users, Users, |users| {
        users.drop_column(Users::NICK);
    })?;
    Ok(())
}

const CREATE: Migration = migration(
    "0001_create",
    None,
    r#"
        format = 1
        revision = "0001_create"
        hazards = 1
        [enum]
        mood = ["calm"]
        [table.posts]
        primary_key = ["id"]
        [table.posts.columns]
        id = { type = "bigint", auto_increment = true }
        user_id = "bigint?"
        mood = { type = "mood", default = "calm" }
        [table.users]
        primary_key = ["id"]
        [table.users.columns]
        id = { type = "bigint", auto_increment = true }
        email = "varchar(99)"
        age = "integer?"
    "#,
    Steps { run: create, steps: &["create enum mood", "create table users", "create table posts"] },
    Steps { run: create_back, steps: &["drop table posts", "drop table users", "drop enum mood"] },
);

pub(super) const INDEX: &str = "0002_index";
pub(super) const TIGHTEN: &str = "0003_tighten";
pub(super) const LATE: &str = "0004_late";

const fn migration(
    revision: &'static str,
    parent: Option<&'static str>,
    snapshot: &'static str,
    upgrade: Steps,
    downgrade: Steps,
) -> Migration {
    Migration {
        revision,
        parent,
        hash: revision,
        snapshot,
        upgrade,
        downgrade: Downgrade::Steps(downgrade),
        reversal: Reversal::Lossless,
        upgrade_destroys: &[],
        downgrade_destroys: &[],
    }
}

pub(super) static ONLINE: Project = Project {
    package: "online",
    environments: &[],
    seeds: None,
    migrations: &[
        CREATE,
        migration(
            INDEX,
            Some("0001_create"),
            r#"
        format = 1
        revision = "0002_index"
        parent = "0001_create"
        parent_hash = "w1:1111111111111111111111111111111111111111111111111111111111111111"
        hazards = 1
        [table.users]
        primary_key = ["id"]
        [table.users.columns]
        id = { type = "bigint", auto_increment = true }
        email = "varchar(99)"
        age = "integer?"
        [table.users.indexes]
        users_email_idx = { columns = ["email"], unique = true }
    "#,
            Steps { run: index, steps: &["create index users_email_idx on users online"] },
            Steps { run: index_back, steps: &["drop index users_email_idx on users online"] },
        ),
        migration(
            TIGHTEN,
            Some(INDEX),
            r#"
        format = 1
        revision = "0003_tighten"
        parent = "0002_index"
        parent_hash = "w1:2222222222222222222222222222222222222222222222222222222222222222"
        hazards = 1
        [table.posts]
        primary_key = ["id"]
        [table.posts.columns]
        id = { type = "bigint", auto_increment = true }
        user_id = "bigint?"
        mood = { type = "mood", default = "calm" }
        [table.posts.foreign_keys]
        posts_user_fkey = { columns = ["user_id"], references = "users.id" }
        [table.users]
        primary_key = ["id"]
        [table.users.columns]
        id = { type = "bigint", auto_increment = true }
        email = "varchar(99)"
        age = "integer"
        [table.users.indexes]
        users_email_idx = { columns = ["email"], unique = true }
        [table.users.checks]
        users_age_check = "age >= 0"
    "#,
            Steps {
                run: tighten,
                steps: &[
                    "alter table posts online { add foreign key posts_user_fkey }",
                    "alter table users online { alter column age backfill 0 }",
                    "alter table users online { add check users_age_check }",
                ],
            },
            Steps {
                run: tighten_back,
                steps: &[
                    "alter table users online { drop check users_age_check; alter column age }",
                    "alter table posts online { drop foreign key posts_user_fkey }",
                ],
            },
        ),
        migration(
            LATE,
            Some(TIGHTEN),
            r#"
        format = 1
        revision = "0004_late"
        parent = "0003_tighten"
        parent_hash = "w1:3333333333333333333333333333333333333333333333333333333333333333"
        hazards = 1
        [enum]
        mood = ["calm", "late"]
    "#,
            Steps { run: late, steps: &["alter enum mood", "update posts set mood = \"late\""] },
            Steps { run: late_back, steps: &["update posts set mood = \"calm\"", "alter enum mood"] },
        ),
        migration(
            "0005_nick",
            Some(LATE),
            r#"
        format = 1
        revision = "0005_nick"
        parent = "0004_late"
        parent_hash = "w1:4444444444444444444444444444444444444444444444444444444444444444"
        hazards = 1
        [table.users]
        primary_key = ["id"]
        [table.users.columns]
        id = { type = "bigint", auto_increment = true }
        email = "varchar(99)"
        age = "integer"
        nick = "varchar(99)?"
        [table.users.indexes]
        users_email_idx = { columns = ["email"], unique = true }
        [table.users.checks]
        users_age_check = "age >= 0"
    "#,
            Steps { run: nick, steps: &["alter table users online { add column nick }"] },
            Steps { run: nick_back, steps: &["alter table users online { drop column nick }"] },
        ),
    ],
};
