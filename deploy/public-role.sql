-- The database's account of a process with ROLE=public: it reads what pages show, and no request.
--
--   psql --dbname recovery_site --variable password=… --file deploy/public-role.sql
--
-- Run it as the owner of the tables, with the right to make roles, and again after each `migrate`:
-- tables that a new release brings are readable for it only then.

\if :{?password}
CREATE ROLE recovery_public LOGIN PASSWORD :'password';
\endif

DO $$
DECLARE
    name text;
BEGIN
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM recovery_public', current_database());
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO recovery_public', current_database());
    REVOKE ALL ON SCHEMA public FROM recovery_public;
    GRANT USAGE ON SCHEMA public TO recovery_public;
    REVOKE ALL ON ALL TABLES IN SCHEMA public FROM recovery_public;
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND (
        tablename LIKE 'articles\_%' OR tablename LIKE 'faq\_%' OR tablename IN (
            'recovery_site_contentversion', 'recovery_site_fact', 'recovery_site_searchphrase',
            'recovery_site_searchsynonym', 'contact_dangerphrase', 'contact_openinghours',
            'contact_specialday', 'contact_helpline', 'contact_callerid'
        )
    ) LOOP
        EXECUTE format('GRANT SELECT ON %I TO recovery_public', name);
    END LOOP;
END
$$;
