#!/bin/sh
# Runs once, when the database is made: the role that owns the tables and the role that serves, which row security binds.
set -eu
psql --set=ON_ERROR_STOP=1 --username="$POSTGRES_USER" --dbname=postgres \
    --set=owner_password="$OWNER_PASSWORD" --set=app_password="$APP_PASSWORD" <<'SQL'
CREATE ROLE bf_owner LOGIN PASSWORD :'owner_password';
CREATE ROLE bf_app LOGIN PASSWORD :'app_password';
-- Compiling a plan costs more than running it at our sizes.
ALTER ROLE bf_owner SET jit = off;
ALTER ROLE bf_app SET jit = off;
-- The order of texts is PostgreSQL's own from 17 on, the same wherever it runs; before, the system's C.UTF-8.
SELECT current_setting('server_version_num')::int >= 170000 AS has_builtin \gset
\if :has_builtin
CREATE DATABASE backflush OWNER bf_owner ENCODING 'UTF8' LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' TEMPLATE template0;
\else
CREATE DATABASE backflush OWNER bf_owner ENCODING 'UTF8' LOCALE 'C.UTF-8' TEMPLATE template0;
\endif
\connect backflush
ALTER SCHEMA public OWNER TO bf_owner;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
SQL
