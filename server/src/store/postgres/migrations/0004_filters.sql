-- What a list is filtered by lies beside what it is sorted by, so that whoever looks for a few among very many reads the index alone.
DROP INDEX escalations_by_due_at;
CREATE INDEX escalations_by_due_at ON escalations (account_id, open, due_at, id, kind, severity, organization_id);
DROP INDEX escalations_by_updated_at;
CREATE INDEX escalations_by_updated_at ON escalations (account_id, open, updated_at, id, kind, severity, organization_id);
