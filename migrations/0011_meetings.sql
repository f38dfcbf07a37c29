-- A meeting that an email led to: the last one that the person had received when it was arranged.
alter table messages add column demoed_at timestamptz;
