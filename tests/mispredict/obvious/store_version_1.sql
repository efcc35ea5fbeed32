BEGIN TRANSACTION;
CREATE TABLE event (
	seq INTEGER NOT NULL, 
	idem VARCHAR(300) NOT NULL, 
	actor VARCHAR(200) NOT NULL, 
	time VARCHAR(40) NOT NULL, 
	verb VARCHAR(16) NOT NULL, 
	case_id VARCHAR(200) NOT NULL, 
	"case" TEXT, 
	prev_hash VARCHAR(64) NOT NULL, 
	hash VARCHAR(64) NOT NULL, 
	PRIMARY KEY (seq), 
	UNIQUE (idem)
);
INSERT INTO "event" VALUES(1,'one:a-1-9b3c6fd42da2','ann','2026-12-01T01:03:48Z','promote','a-1-9b3c6fd42da2','{"id": "a-1-9b3c6fd42da2", "row": {"amount": 12.5, "channel": "app", "age": null}, "expect": {"kind": "label", "class": 0, "threshold": 0.5}, "severity": "major", "reason": "why A 1", "promoted_by": "ann", "promoted_at": "2026-05-01T10:00:00Z", "incident": null, "expires": null, "source": {"data_sha256": "dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd", "row": "A 1", "truth": 0}, "model": {"sha256": "mmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmm", "score": 0.8, "classes": [0, 1]}, "types": {"amount": {"dtype": "float64"}, "channel": {"dtype": "category", "categories": ["web", "app"]}, "age": {"dtype": "float64"}}}','','fd89a017115ade9bc26c6a39c60052f6254dbee5b9dc58efa833d7c71489e3a8');
INSERT INTO "event" VALUES(2,'one:b-e-9b3c6fd42da2','ann','2026-12-01T01:03:48Z','promote','b-e-9b3c6fd42da2','{"id": "b-e-9b3c6fd42da2", "row": {"amount": 12.5, "channel": "app", "age": null}, "expect": {"kind": "label", "class": 0, "threshold": 0.5}, "severity": "major", "reason": "why b \u00e9", "promoted_by": "ann", "promoted_at": "2026-05-01T10:00:00Z", "incident": null, "expires": null, "source": {"data_sha256": "dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd", "row": "b \u00e9", "truth": 0}, "model": {"sha256": "mmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmm", "score": 0.8, "classes": [0, 1]}, "types": {"amount": {"dtype": "float64"}, "channel": {"dtype": "category", "categories": ["web", "app"]}, "age": {"dtype": "float64"}}}','fd89a017115ade9bc26c6a39c60052f6254dbee5b9dc58efa833d7c71489e3a8','b4487889ee2ad67fc7b507de50c45ac5e4067acae3e64bfd8b812dbdd7eafec1');
INSERT INTO "event" VALUES(3,'one:c-9b3c6fd42da2','ann','2026-12-01T01:03:48Z','promote','c-9b3c6fd42da2','{"id": "c-9b3c6fd42da2", "row": {"amount": 12.5, "channel": "app", "age": null}, "expect": {"kind": "label", "class": 0, "threshold": 0.5}, "severity": "major", "reason": "why c", "promoted_by": "ann", "promoted_at": "2026-05-01T10:00:00Z", "incident": null, "expires": null, "source": {"data_sha256": "dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd", "row": "c", "truth": 0}, "model": {"sha256": "mmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmm", "score": 0.8, "classes": [0, 1]}, "types": {"amount": {"dtype": "float64"}, "channel": {"dtype": "category", "categories": ["web", "app"]}, "age": {"dtype": "float64"}}}','b4487889ee2ad67fc7b507de50c45ac5e4067acae3e64bfd8b812dbdd7eafec1','5cb4d1152b1f245cc3087d22ec36b12b0b8be7413c57415808783f59afe4cd89');
INSERT INTO "event" VALUES(4,'70665e442e9349be90a08c4f0e4baa3c:c-9b3c6fd42da2','bob','2026-12-01T01:03:48Z','withdraw','c-9b3c6fd42da2',NULL,'5cb4d1152b1f245cc3087d22ec36b12b0b8be7413c57415808783f59afe4cd89','2203dbb5c7d676b8ec282b6baf977faaba7471081a0ed5e01c2e7bde5bac452f');
CREATE TABLE obvious_store (
	name VARCHAR(64) NOT NULL, 
	version INTEGER NOT NULL, 
	PRIMARY KEY (name)
);
INSERT INTO "obvious_store" VALUES('mispredict obvious set',1);
CREATE INDEX ix_event_case_id ON event (case_id);
COMMIT;
