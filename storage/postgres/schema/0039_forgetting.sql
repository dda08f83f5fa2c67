-- The audit trail may forget the chat of a person who asks for it, as it may forget the person.

DROP TRIGGER audit_keeps_facts ON audit;
CREATE TRIGGER audit_keeps_facts
    BEFORE UPDATE OF id, at, action, subject, subject_id, detail, version ON audit
    FOR EACH ROW EXECUTE FUNCTION refuse_to_change_audit();
CREATE TRIGGER audit_keeps_places
    BEFORE UPDATE OF destination ON audit
    FOR EACH ROW WHEN (new.destination NOT LIKE 'forgotten:%') EXECUTE FUNCTION refuse_to_change_audit();
