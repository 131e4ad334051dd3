-- The database's account of a process with ROLE=public: it reads the tables from which pages are
-- made, and neither a request nor what editors do not share: kept words, reviews they asked for.
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
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND
        tablename IN (
            'articles_article', 'articles_article_related', 'articles_articlereview',
            'articles_articlerevision', 'articles_link', 'articles_oldaddress', 'articles_page',
            'articles_pagerevision', 'articles_picture', 'articles_picturefile',
            'articles_searchdocument', 'articles_searchword', 'articles_topic', 'contact_callerid',
            'contact_dangerphrase', 'contact_helpline', 'contact_openinghours',
            'contact_specialday', 'faq_question', 'faq_questionreview', 'faq_questionrevision',
            'recovery_site_contentversion', 'recovery_site_fact', 'recovery_site_searchphrase',
            'recovery_site_searchsynonym'
        )
    LOOP
        EXECUTE format('GRANT SELECT ON %I TO recovery_public', name);
    END LOOP;
END
$$;
