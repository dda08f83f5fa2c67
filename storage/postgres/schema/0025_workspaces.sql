-- The workspaces that the bot is installed in, and the links by which it is.

CREATE TABLE workspaces (
    id text COLLATE "C" PRIMARY KEY,
    name text COLLATE "C" NOT NULL,
    bot_user text COLLATE "C" NOT NULL,
    token text COLLATE "C" NOT NULL,
    scopes text COLLATE "C" NOT NULL,
    installed_by text COLLATE "C" NOT NULL,
    installed_at bigint NOT NULL,
    gone text COLLATE "C" NOT NULL
);

CREATE TABLE invitations (
    digest text COLLATE "C" PRIMARY KEY,
    expires_at bigint NOT NULL
);
