drop table ledger;
drop function ledger_is_append_only();
