-- Whether first run is over is asked by every screen until somebody has acknowledged something, also where a hundred thousand alerts came first.
CREATE INDEX journal_acknowledged ON journal (position) WHERE kind = 'escalation.acknowledged';
