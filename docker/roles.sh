#!/bin/sh
# Runs once, when the database is made: the role that owns the tables and the role that serves, which row security binds.
set -eu
psql --set=ON_ERROR_STOP=1 --username="$POSTGRES_USER" --dbname=postgres \
    --set=owner_password="$OWNER_PASSWORD" --set=app_password="$APP_PASSWORD" <<'SQL'
CREATE ROLE bf_owner LOGIN PASSWORD :'owner_password';
CREATE ROLE bf_app LOGIN PASSWORD :'app_password';
CREATE DATABASE backflush OWNER bf_owner ENCODING 'UTF8' LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' TEMPLATE template0;
\connect backflush
ALTER SCHEMA public OWNER TO bf_owner;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
SQL
