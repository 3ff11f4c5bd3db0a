"""baseline."""

import sqlalchemy as sa
from alembic import op

from orders.store.base import JsonColumn, UtcDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "audit_events",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("detail", JsonColumn(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_audit_events")),
        info={"refuses": ("UPDATE", "DELETE")},
    )
    with op.batch_alter_table("audit_events", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_events_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_events_subject"), ["subject"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_events_user_id"), ["user_id"], unique=False)

    op.create_table(
        "complaints",
        sa.Column("complaint_id", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("external_ref", sa.String(), nullable=True),
        sa.Column("site_id", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("contact", sa.String(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("eaten_on", sa.Date(), nullable=True),
        sa.Column("meal", sa.String(), nullable=False),
        sa.Column("taken_by", sa.String(), nullable=False),
        sa.Column("taken_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("due_on >= received_on", name=op.f("ck_complaints_due")),
        sa.PrimaryKeyConstraint("complaint_id", name=op.f("pk_complaints")),
        sa.UniqueConstraint("channel", "external_ref", name=op.f("uq_complaints_channel_external_ref")),
        sa.UniqueConstraint("code", name=op.f("uq_complaints_code")),
        info={"refuses": ("UPDATE", "DELETE")},
    )
    with op.batch_alter_table("complaints", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_complaints_received_on"), ["received_on"], unique=False)

    op.create_table(
        "config_revisions",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("body", JsonColumn(), nullable=False),
        sa.Column("valid_from_on", sa.Date(), nullable=True),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("revision >= 1", name=op.f("ck_config_revisions_revision")),
        sa.PrimaryKeyConstraint("kind", "name", "revision", name=op.f("pk_config_revisions")),
        info={"refuses": ("UPDATE", "DELETE")},
    )
    op.create_table(
        "flags",
        sa.Column("flag_id", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("service_on", sa.Date(), nullable=False),
        sa.Column("reason", JsonColumn(), nullable=False),
        sa.Column("evidence", JsonColumn(), nullable=False),
        sa.Column("programme_id", sa.String(), nullable=False),
        sa.Column("programme_revision", sa.Integer(), nullable=False),
        sa.Column("rules_revision", sa.Integer(), nullable=False),
        sa.Column("found_by", sa.String(), nullable=False),
        sa.Column("found_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("flag_id", name=op.f("pk_flags")),
        sa.UniqueConstraint("key", "part", name=op.f("uq_flags_key_part")),
        info={"refuses": ("UPDATE", "DELETE")},
    )
    with op.batch_alter_table("flags", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_flags_service_on"), ["service_on"], unique=False)

    op.create_table(
        "fund_movements",
        sa.Column("movement_id", sa.String(), nullable=False),
        sa.Column("programme_id", sa.String(), nullable=False),
        sa.Column("fund", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("amount_fen", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("amount_fen <> 0", name=op.f("ck_fund_movements_amount")),
        sa.PrimaryKeyConstraint("movement_id", name=op.f("pk_fund_movements")),
        info={"refuses": ("UPDATE", "DELETE")},
    )
    with op.batch_alter_table("fund_movements", schema=None) as batch_op:
        batch_op.create_index("ix_fund_movements_programme_id", ["programme_id", "fund", "at"], unique=False)

    op.create_table(
        "grants",
        sa.Column("grant_id", sa.String(), nullable=False),
        sa.Column("programme_id", sa.String(), nullable=False),
        sa.Column("benefit_id", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("payer", sa.String(), nullable=False),
        sa.Column("payee", sa.String(), nullable=False),
        sa.Column("amount_fen", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("granted_on", sa.Date(), nullable=False),
        sa.Column("evidence", sa.String(), nullable=False),
        sa.Column("granted_by", sa.String(), nullable=False),
        sa.Column("granted_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("amount_fen >= 0", name=op.f("ck_grants_amount")),
        sa.PrimaryKeyConstraint("grant_id", name=op.f("pk_grants")),
        sa.UniqueConstraint(
            "programme_id", "benefit_id", "subject", name=op.f("uq_grants_programme_id_benefit_id_subject")
        ),
        info={"refuses": ("UPDATE", "DELETE")},
    )
    op.create_table(
        "idempotent_answers",
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("request_key", sa.String(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("media_type", sa.String(), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("user_id", "request_key", name=op.f("pk_idempotent_answers")),
    )
    op.create_table(
        "jobs",
        sa.Column("job_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("ref", sa.String(), nullable=False),
        sa.Column("payload", JsonColumn(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("failure", sa.String(), nullable=True),
        sa.Column("done_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("job_id", name=op.f("pk_jobs")),
        sa.UniqueConstraint("kind", "ref", name=op.f("uq_jobs_kind_ref")),
    )
    with op.batch_alter_table("jobs", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_jobs_due_at"), ["due_at"], unique=False)

    op.create_table(
        "kitchen_dishes",
        sa.Column("dish_id", sa.String(), nullable=False),
        sa.Column("name_zh", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("equipment_kind", sa.String(), nullable=False),
        sa.Column("yield_ratio", sa.Float(), nullable=False),
        sa.Column("batch_minutes", sa.Integer(), nullable=False),
        sa.Column("batch_portions", sa.Integer(), nullable=False),
        sa.Column("hot_quality_minutes", sa.Integer(), nullable=False),
        sa.Column("service_mode", sa.String(), nullable=False),
        sa.Column("iddsi_level", sa.Integer(), nullable=False),
        sa.Column("tags", JsonColumn(), nullable=False),
        sa.Column("extra_allergens", JsonColumn(), nullable=False),
        sa.Column("evidence", sa.String(), nullable=False),
        sa.Column("supply", sa.String(), nullable=False),
        sa.Column("makings", JsonColumn(), nullable=False),
        sa.Column("main_food", sa.String(), nullable=False),
        sa.Column("colour", sa.String(), nullable=False),
        sa.Column("popularity", sa.Float(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "service_mode IN ('both', 'cook_serve', 'cold')", name=op.f("ck_kitchen_dishes_service_mode")
        ),
        sa.CheckConstraint("supply IN ('serve_hot', 'cook_chill')", name=op.f("ck_kitchen_dishes_supply")),
        sa.CheckConstraint("iddsi_level BETWEEN 0 AND 7", name=op.f("ck_kitchen_dishes_iddsi_level")),
        sa.CheckConstraint("popularity BETWEEN 0 AND 1", name=op.f("ck_kitchen_dishes_popularity")),
        sa.CheckConstraint(
            "yield_ratio > 0 AND batch_minutes >= 1 AND batch_portions >= 1",
            name=op.f("ck_kitchen_dishes_amounts"),
        ),
        sa.PrimaryKeyConstraint("dish_id", name=op.f("pk_kitchen_dishes")),
    )
    op.create_table(
        "kitchen_foods",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name_zh", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("group", sa.String(), nullable=False),
        sa.Column("edible_ratio", sa.Float(), nullable=False),
        sa.Column("contains", JsonColumn(), nullable=False),
        sa.Column("may_contain", JsonColumn(), nullable=False),
        sa.Column("unknown", JsonColumn(), nullable=False),
        sa.Column("price_fen_per_kg", sa.Integer(), nullable=False),
        sa.Column("nutrients", JsonColumn(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("evidence", sa.String(), nullable=False),
        sa.Column("tags", JsonColumn(), nullable=False),
        sa.Column("free", JsonColumn(), nullable=False),
        sa.Column("season", JsonColumn(), nullable=False),
        sa.Column("supplier", sa.String(), nullable=False),
        sa.Column("density_g_per_ml", sa.Float(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("density_g_per_ml > 0", name=op.f("ck_kitchen_foods_density_g_per_ml")),
        sa.CheckConstraint(
            "edible_ratio > 0 AND edible_ratio <= 1", name=op.f("ck_kitchen_foods_edible_ratio")
        ),
        sa.CheckConstraint("price_fen_per_kg >= 0 AND revision >= 1", name=op.f("ck_kitchen_foods_amounts")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_kitchen_foods")),
    )
    op.create_table(
        "kitchen_forecasts",
        sa.Column("forecast_id", sa.String(), nullable=False),
        sa.Column("service_key", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("rule", JsonColumn(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.CheckConstraint("version >= 1", name=op.f("ck_kitchen_forecasts_version")),
        sa.PrimaryKeyConstraint("forecast_id", name=op.f("pk_kitchen_forecasts")),
        sa.UniqueConstraint("service_key", "version", name=op.f("uq_kitchen_forecasts_service_key_version")),
        info={"refuses": ("UPDATE", "DELETE")},
    )
    op.create_table(
        "kitchen_productions",
        sa.Column("production_id", sa.String(), nullable=False),
        sa.Column("service_key", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("input_digest", sa.String(), nullable=False),
        sa.Column("revisions", JsonColumn(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.CheckConstraint(
            "status IN ('draft', 'published', 'superseded')", name=op.f("ck_kitchen_productions_status")
        ),
        sa.CheckConstraint("version >= 1", name=op.f("ck_kitchen_productions_version")),
        sa.PrimaryKeyConstraint("production_id", name=op.f("pk_kitchen_productions")),
        sa.UniqueConstraint(
            "service_key", "version", name=op.f("uq_kitchen_productions_service_key_version")
        ),
    )
    with op.batch_alter_table("kitchen_productions", schema=None) as batch_op:
        batch_op.create_index(
            "uq_kitchen_productions_published",
            ["service_key"],
            unique=True,
            sqlite_where=sa.text("status = 'published'"),
            postgresql_where=sa.text("status = 'published'"),
        )

    op.create_table(
        "kitchen_replans",
        sa.Column("replan_id", sa.String(), nullable=False),
        sa.Column("service_key", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("ref", sa.String(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("before", JsonColumn(), nullable=False),
        sa.Column("found", JsonColumn(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('slip', 'burnt', 'ill', 'broken', 'repaired', 'back', 'undo')",
            name=op.f("ck_kitchen_replans_kind"),
        ),
        sa.PrimaryKeyConstraint("replan_id", name=op.f("pk_kitchen_replans")),
        sa.UniqueConstraint("service_key", "version", name=op.f("uq_kitchen_replans_service_key_version")),
        info={"refuses": ("UPDATE", "DELETE")},
    )
    op.create_table(
        "kitchen_spare_labels",
        sa.Column("print_number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("service_key", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("print_number", name=op.f("pk_kitchen_spare_labels")),
        info={"refuses": ("UPDATE", "DELETE")},
    )
    with op.batch_alter_table("kitchen_spare_labels", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_kitchen_spare_labels_service_key"), ["service_key"], unique=False
        )

    op.create_table(
        "kitchen_sub_recipes",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name_zh", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("yield_ratio", sa.Float(), nullable=False),
        sa.Column("evidence", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "yield_ratio > 0 AND minutes >= 0 AND revision >= 1", name=op.f("ck_kitchen_sub_recipes_amounts")
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_kitchen_sub_recipes")),
    )
    op.create_table(
        "kitchens",
        sa.Column("kitchen_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("licence_kind", sa.String(), nullable=False),
        sa.Column("licence_no", sa.String(), nullable=False),
        sa.Column("lat", sa.Float(), nullable=False),
        sa.Column("lon", sa.Float(), nullable=False),
        sa.Column("zone", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("settings", JsonColumn(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "licence_kind IN ('collective_meal_delivery', 'central_kitchen', 'canteen')",
            name=op.f("ck_kitchens_licence_kind"),
        ),
        sa.CheckConstraint(
            "lat BETWEEN -90 AND 90 AND lon BETWEEN -180 AND 180", name=op.f("ck_kitchens_place")
        ),
        sa.CheckConstraint("revision >= 1", name=op.f("ck_kitchens_revision")),
        sa.PrimaryKeyConstraint("kitchen_id", name=op.f("pk_kitchens")),
    )
    op.create_table(
        "neighbourhoods",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("district", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("households", sa.Integer(), nullable=True),
        sa.Column("centres", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('street', 'village')", name=op.f("ck_neighbourhoods_kind")),
        sa.CheckConstraint(
            "centres >= 0 AND (households IS NULL OR households >= 0)", name=op.f("ck_neighbourhoods_counts")
        ),
        sa.PrimaryKeyConstraint("kind", "district", "name", name=op.f("pk_neighbourhoods")),
    )
    op.create_table(
        "order_exceptions",
        sa.Column("exception_id", sa.String(), nullable=False),
        sa.Column("service_key", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("params", JsonColumn(), nullable=False),
        sa.Column("ref", sa.String(), nullable=False),
        sa.Column("portions", sa.Integer(), nullable=False),
        sa.Column("found_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("portions >= 0", name=op.f("ck_order_exceptions_portions")),
        sa.PrimaryKeyConstraint("exception_id", name=op.f("pk_order_exceptions")),
    )
    with op.batch_alter_table("order_exceptions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_order_exceptions_service_key"), ["service_key"], unique=False)

    op.create_table(
        "outbox",
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("hook", sa.String(), nullable=False),
        sa.Column("ref", sa.String(), nullable=False),
        sa.Column("body", JsonColumn(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("failure", sa.String(), nullable=True),
        sa.Column("sent_at", UtcDateTime(), nullable=True),
        sa.Column("given_up_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("hook", "ref", name=op.f("uq_outbox_hook_ref")),
    )
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_outbox_due_at"), ["due_at"], unique=False)

    op.create_table(
        "pay_files",
        sa.Column("pay_file_id", sa.String(), nullable=False),
        sa.Column("statements", JsonColumn(), nullable=False),
        sa.Column("payments", JsonColumn(), nullable=False),
        sa.Column("total_fen", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("pay_file_id", name=op.f("pk_pay_files")),
        info={"refuses": ("UPDATE", "DELETE")},
    )
    op.create_table(
        "payee_accounts",
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("payee", sa.String(), nullable=False),
        sa.Column("holder", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_payee_accounts")),
        info={"refuses": ("UPDATE", "DELETE")},
    )
    with op.batch_alter_table("payee_accounts", schema=None) as batch_op:
        batch_op.create_index("ix_payee_accounts_payee", ["payee", "recorded_at"], unique=False)

    op.create_table(
        "printed_sheets",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("service_key", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("printed_at", UtcDateTime(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("version >= 1", name=op.f("ck_printed_sheets_version")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_printed_sheets")),
        info={"refuses": ("UPDATE", "DELETE")},
    )
    with op.batch_alter_table("printed_sheets", schema=None) as batch_op:
        batch_op.create_index(
            "ix_printed_sheets_service_key", ["service_key", "kind", "language"], unique=False
        )

    op.create_table(
        "programmes",
        sa.Column("programme_id", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("body", JsonColumn(), nullable=False),
        sa.Column("valid_from_on", sa.Date(), nullable=False),
        sa.Column("valid_to_on", sa.Date(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "valid_to_on >= valid_from_on AND revision >= 1", name=op.f("ck_programmes_validity")
        ),
        sa.PrimaryKeyConstraint("programme_id", "revision", name=op.f("pk_programmes")),
        info={"refuses": ("UPDATE", "DELETE")},
    )
    op.create_table(
        "proofs",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("kept_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_proofs")),
        info={"refuses": ("UPDATE", "DELETE")},
    )
    op.create_table(
        "routing_day_events",
        sa.Column("event_id", sa.String(), nullable=False),
        sa.Column("service_key", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("ref", sa.String(), nullable=False),
        sa.Column("body", JsonColumn(), nullable=False),
        sa.Column("found", JsonColumn(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("version >= 1 AND number >= 1", name=op.f("ck_routing_day_events_numbers")),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_routing_day_events")),
        sa.UniqueConstraint(
            "service_key", "version", "number", name=op.f("uq_routing_day_events_service_key_version_number")
        ),
        info={"refuses": ("UPDATE", "DELETE")},
    )
    op.create_table(
        "routing_roads",
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("tiles", sa.String(), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("url", name=op.f("pk_routing_roads")),
    )
    op.create_table(
        "routing_ways",
        sa.Column("ways_id", sa.String(), nullable=False),
        sa.Column("tiles", sa.String(), nullable=False),
        sa.Column("kept_as", sa.String(), nullable=False),
        sa.Column("start_spot", sa.BigInteger(), nullable=False),
        sa.Column("fetched_at", UtcDateTime(), nullable=False),
        sa.Column("ways", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("ways_id", name=op.f("pk_routing_ways")),
    )
    with op.batch_alter_table("routing_ways", schema=None) as batch_op:
        batch_op.create_index("ix_routing_ways_start", ["tiles", "kept_as", "start_spot"], unique=False)

    op.create_table(
        "site_files",
        sa.Column("site_id", sa.String(), nullable=False),
        sa.Column("programme_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("district", sa.String(), nullable=False),
        sa.Column("street", sa.String(), nullable=False),
        sa.Column("village", sa.String(), nullable=False),
        sa.Column("operator", sa.String(), nullable=False),
        sa.Column("contact", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("measures", JsonColumn(), nullable=False),
        sa.PrimaryKeyConstraint("site_id", name=op.f("pk_site_files")),
    )
    with op.batch_alter_table("site_files", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_site_files_programme_id"), ["programme_id"], unique=False)

    op.create_table(
        "statements",
        sa.Column("statement_id", sa.String(), nullable=False),
        sa.Column("programme_id", sa.String(), nullable=False),
        sa.Column("settlement_id", sa.String(), nullable=False),
        sa.Column("payer", sa.String(), nullable=False),
        sa.Column("payee", sa.String(), nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("total_fen", sa.Integer(), nullable=False),
        sa.Column("held_fen", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("steps", JsonColumn(), nullable=False),
        sa.Column("assumptions", JsonColumn(), nullable=False),
        sa.Column("effects_known", sa.Boolean(), nullable=False),
        sa.Column("unsettled", JsonColumn(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("version >= 1 AND from_on <= to_on", name=op.f("ck_statements_version")),
        sa.PrimaryKeyConstraint("statement_id", name=op.f("pk_statements")),
        sa.UniqueConstraint(
            "programme_id",
            "settlement_id",
            "payer",
            "payee",
            "period",
            "version",
            name=op.f("uq_statements_programme_id_settlement_id_payer_payee_period_version"),
        ),
        info={"refuses": ("UPDATE", "DELETE")},
    )
    op.create_table(
        "surveys",
        sa.Column("survey_id", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("programme_id", sa.String(), nullable=False),
        sa.Column("questionnaire", JsonColumn(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=False),
        sa.Column("secret", sa.String(), nullable=False),
        sa.Column("copies", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("copies >= 0", name=op.f("ck_surveys_copies")),
        sa.CheckConstraint("to_on >= from_on", name=op.f("ck_surveys_days")),
        sa.PrimaryKeyConstraint("survey_id", name=op.f("pk_surveys")),
        sa.UniqueConstraint("code", name=op.f("uq_surveys_code")),
    )
    op.create_table(
        "telemetry_alarms",
        sa.Column("alarm_id", sa.String(36), nullable=False),
        sa.Column("box_id", sa.String(36), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("source", sa.String(129), nullable=False),
        sa.Column("severity", sa.String(8), nullable=False),
        sa.Column("code", sa.String(64), nullable=False),
        sa.Column("params", JsonColumn(), nullable=False),
        sa.Column("raised_at", UtcDateTime(), nullable=False),
        sa.Column("cleared_at", UtcDateTime(), nullable=True),
        sa.Column("acknowledged_by", sa.String(36), nullable=True),
        sa.Column("acknowledged_at", UtcDateTime(), nullable=True),
        sa.Column("acknowledged_name", sa.String(80), nullable=True),
        sa.Column("comment", sa.String(500), nullable=True),
        sa.CheckConstraint(
            "kind IN ('breach', 'core_in_doubt', 'predicted_breach', 'silence', 'gap', 'lid_open', 'door_open', 'battery', 'calibration')",
            name=op.f("ck_telemetry_alarms_kind"),
        ),
        sa.CheckConstraint(
            "severity IN ('critical', 'warning', 'info')", name=op.f("ck_telemetry_alarms_severity")
        ),
        sa.CheckConstraint(
            "(acknowledged_by IS NULL) = (acknowledged_at IS NULL)",
            name=op.f("ck_telemetry_alarms_acknowledged"),
        ),
        sa.PrimaryKeyConstraint("alarm_id", name=op.f("pk_telemetry_alarms")),
    )
    with op.batch_alter_table("telemetry_alarms", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_telemetry_alarms_box_id"), ["box_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_telemetry_alarms_cleared_at"), ["cleared_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_telemetry_alarms_raised_at"), ["raised_at"], unique=False)
        batch_op.create_index(
            "uq_telemetry_alarms_open",
            ["box_id", "kind", "source"],
            unique=True,
            sqlite_where=sa.text("cleared_at IS NULL"),
            postgresql_where=sa.text("cleared_at IS NULL"),
        )

    op.create_table(
        "telemetry_bad_counts",
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("hour_at", UtcDateTime(), nullable=False),
        sa.Column("params", JsonColumn(), nullable=False),
        sa.Column("kept", sa.Integer(), nullable=False),
        sa.Column("kept_bytes", sa.BigInteger(), nullable=False),
        sa.Column("counted", sa.BigInteger(), nullable=False),
        sa.Column("first_at", UtcDateTime(), nullable=False),
        sa.Column("latest_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_telemetry_bad_counts")),
        info={"refuses": ("DELETE",)},
    )
    with op.batch_alter_table("telemetry_bad_counts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_telemetry_bad_counts_code"), ["code"], unique=False)

    op.create_table(
        "telemetry_bad_frames",
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("params", JsonColumn(), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_telemetry_bad_frames")),
        info={"refuses": ("UPDATE", "DELETE")},
    )
    with op.batch_alter_table("telemetry_bad_frames", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_telemetry_bad_frames_code"), ["code"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_telemetry_bad_frames_received_at"), ["received_at"], unique=False
        )

    op.create_table(
        "telemetry_chunks",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("device_id", sa.String(64), nullable=False),
        sa.Column("probe", sa.String(64), nullable=False),
        sa.Column("quantity", sa.String(64), nullable=False),
        sa.Column("from_at", sa.BigInteger(), nullable=False),
        sa.Column("to_at", sa.BigInteger(), nullable=False),
        sa.Column("readings", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("readings >= 1 AND from_at <= to_at", name=op.f("ck_telemetry_chunks_readings")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_telemetry_chunks")),
        info={"refuses": ("UPDATE", "DELETE")},
    )
    with op.batch_alter_table("telemetry_chunks", schema=None) as batch_op:
        batch_op.create_index("ix_telemetry_chunks_device", ["device_id", "from_at"], unique=False)

    op.create_table(
        "telemetry_corrected_uses",
        sa.Column("correction_id", sa.String(36), nullable=False),
        sa.Column("stands", sa.Boolean(), nullable=False),
        sa.Column("device_id", sa.String(64), nullable=False),
        sa.Column("probe", sa.String(64), nullable=False),
        sa.Column("from_at", sa.BigInteger(), nullable=False),
        sa.Column("to_at", sa.BigInteger(), nullable=True),
        sa.Column("box_id", sa.String(36), nullable=False),
        sa.Column("senses", sa.String(8), nullable=False),
        sa.Column("core_c", sa.Float(), nullable=True),
        sa.Column("actor", sa.String(36), nullable=False),
        sa.Column("corrected_at", sa.BigInteger(), nullable=False),
        sa.Column("since_at", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(32), nullable=False),
        sa.CheckConstraint(
            "senses IN ('core', 'dummy', 'air', 'wall', 'ambient')",
            name=op.f("ck_telemetry_corrected_uses_senses"),
        ),
        sa.PrimaryKeyConstraint(
            "correction_id",
            "stands",
            "device_id",
            "probe",
            "from_at",
            name=op.f("pk_telemetry_corrected_uses"),
        ),
        info={"refuses": ("UPDATE", "DELETE")},
    )
    with op.batch_alter_table("telemetry_corrected_uses", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_telemetry_corrected_uses_box_id"), ["box_id"], unique=False)

    op.create_table(
        "telemetry_devices",
        sa.Column("device_id", sa.String(64), nullable=False),
        sa.Column("family", sa.String(64), nullable=False),
        sa.Column("probes", JsonColumn(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("revoked_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("device_id", name=op.f("pk_telemetry_devices")),
    )
    op.create_table(
        "telemetry_dropped_rows",
        sa.Column("day_at", sa.BigInteger(), nullable=False),
        sa.Column("device_id", sa.String(64), nullable=False),
        sa.Column("dropped_at", sa.BigInteger(), nullable=False),
        sa.Column("readings", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day_at", "device_id", "dropped_at", name=op.f("pk_telemetry_dropped_rows")),
        info={"refuses": ("UPDATE", "DELETE")},
        sqlite_with_rowid=False,
    )
    op.create_table(
        "telemetry_dropping",
        sa.Column("device_id", sa.String(64), nullable=False),
        sa.Column("measured_at", sa.BigInteger(), nullable=False),
        sa.Column("probe", sa.String(64), nullable=False),
        sa.Column("quantity", sa.String(64), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("value", sa.Float(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint(
            "device_id", "measured_at", "probe", "quantity", "sequence", name=op.f("pk_telemetry_dropping")
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "telemetry_probe_uses",
        sa.Column("device_id", sa.String(64), nullable=False),
        sa.Column("probe", sa.String(64), nullable=False),
        sa.Column("from_at", sa.BigInteger(), nullable=False),
        sa.Column("to_at", sa.BigInteger(), nullable=True),
        sa.Column("box_id", sa.String(36), nullable=False),
        sa.Column("senses", sa.String(8), nullable=False),
        sa.Column("core_c", sa.Float(), nullable=True),
        sa.CheckConstraint(
            "senses IN ('core', 'dummy', 'air', 'wall', 'ambient')",
            name=op.f("ck_telemetry_probe_uses_senses"),
        ),
        sa.CheckConstraint(
            "to_at IS NULL OR to_at >= from_at", name=op.f("ck_telemetry_probe_uses_to_after_from")
        ),
        sa.PrimaryKeyConstraint("device_id", "probe", "from_at", name=op.f("pk_telemetry_probe_uses")),
    )
    with op.batch_alter_table("telemetry_probe_uses", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_telemetry_probe_uses_box_id"), ["box_id"], unique=False)
        batch_op.create_index(
            "uq_telemetry_probe_uses_still_inside",
            ["device_id", "probe"],
            unique=True,
            sqlite_where=sa.text("to_at IS NULL"),
            postgresql_where=sa.text("to_at IS NULL"),
        )

    op.create_table(
        "telemetry_reading_counts",
        sa.Column("slot", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("readings", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("slot", name=op.f("pk_telemetry_reading_counts")),
        info={"refuses": ("DELETE",)},
    )
    op.create_table(
        "telemetry_readings",
        sa.Column("device_id", sa.String(64), nullable=False),
        sa.Column("measured_at", sa.BigInteger(), nullable=False),
        sa.Column("probe", sa.String(64), nullable=False),
        sa.Column("quantity", sa.String(64), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("value", sa.Float(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("backfill", sa.Boolean(), nullable=False),
        sa.Column("senses", sa.String(8), nullable=True),
        sa.Column("doubt", sa.String(8), nullable=False),
        sa.CheckConstraint(
            "doubt = '' OR doubt = 'time' OR doubt = 'power_on'", name=op.f("ck_telemetry_readings_doubt")
        ),
        sa.CheckConstraint("sequence >= -1", name=op.f("ck_telemetry_readings_sequence")),
        sa.CheckConstraint("value BETWEEN -1e12 AND 1e12", name=op.f("ck_telemetry_readings_value")),
        sa.PrimaryKeyConstraint(
            "device_id", "measured_at", "probe", "quantity", "sequence", name=op.f("pk_telemetry_readings")
        ),
        info={
            "refuses": ("UPDATE", "DELETE"),
            "unless": {
                "DELETE": "\nEXISTS (\n    SELECT 1 FROM telemetry_dropping AS dropping\n    JOIN telemetry_chunks AS chunk ON chunk.digest = dropping.digest\n    WHERE dropping.device_id = OLD.device_id AND dropping.measured_at = OLD.measured_at\n      AND dropping.probe = OLD.probe AND dropping.quantity = OLD.quantity\n      AND dropping.sequence = OLD.sequence AND dropping.value = OLD.value\n      AND chunk.device_id = OLD.device_id AND chunk.probe = OLD.probe AND chunk.quantity = OLD.quantity\n      AND OLD.measured_at BETWEEN chunk.from_at AND chunk.to_at\n)\n"
            },
        },
        sqlite_with_rowid=False,
    )
    op.create_table(
        "telemetry_seals",
        sa.Column("box_id", sa.String(36), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("verdict_number", sa.Integer(), nullable=False),
        sa.Column("sealed_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("box_id", "number", name=op.f("pk_telemetry_seals")),
        info={"refuses": ("UPDATE", "DELETE")},
    )
    op.create_table(
        "telemetry_site_cores",
        sa.Column("core_id", sa.String(36), nullable=False),
        sa.Column("box_id", sa.String(36), nullable=False),
        sa.Column("occasion", sa.String(8), nullable=False),
        sa.Column("core_c", sa.Float(), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("actor", sa.String(36), nullable=False),
        sa.Column("replaces", sa.String(), nullable=True),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.CheckConstraint(
            "occasion IN ('hot_well', 'leaving', 'door')", name=op.f("ck_telemetry_site_cores_occasion")
        ),
        sa.CheckConstraint(
            "core_c IS NOT NULL OR replaces IS NOT NULL", name=op.f("ck_telemetry_site_cores_core")
        ),
        sa.ForeignKeyConstraint(
            ["replaces"], ["telemetry_site_cores.core_id"], name=op.f("fk_telemetry_site_cores_replaces")
        ),
        sa.PrimaryKeyConstraint("core_id", name=op.f("pk_telemetry_site_cores")),
        sa.UniqueConstraint("replaces", name=op.f("uq_telemetry_site_cores_replaces")),
        info={"refuses": ("UPDATE", "DELETE")},
    )
    with op.batch_alter_table("telemetry_site_cores", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_telemetry_site_cores_box_id"), ["box_id"], unique=False)

    op.create_table(
        "telemetry_tended_days",
        sa.Column("tending", sa.String(16), nullable=False),
        sa.Column("day_at", sa.BigInteger(), nullable=False),
        sa.Column("done_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tending", "day_at", name=op.f("pk_telemetry_tended_days")),
        info={"refuses": ("UPDATE", "DELETE")},
    )
    op.create_table(
        "telemetry_verdicts",
        sa.Column("verdict_id", sa.String(36), nullable=False),
        sa.Column("box_id", sa.String(36), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("computed_at", UtcDateTime(), nullable=False),
        sa.Column("final", sa.Boolean(), nullable=False),
        sa.Column("verdict", sa.String(16), nullable=False),
        sa.Column("eat_by_at", UtcDateTime(), nullable=False),
        sa.Column("profile", sa.String(32), nullable=False),
        sa.Column("profile_revision", sa.Integer(), nullable=False),
        sa.Column("detail", JsonColumn(), nullable=False),
        sa.CheckConstraint(
            "verdict IN ('passed', 'breached', 'cannot_be_judged')",
            name=op.f("ck_telemetry_verdicts_verdict"),
        ),
        sa.PrimaryKeyConstraint("verdict_id", name=op.f("pk_telemetry_verdicts")),
        info={"refuses": ("UPDATE", "DELETE")},
    )
    with op.batch_alter_table("telemetry_verdicts", schema=None) as batch_op:
        batch_op.create_index(
            "ix_telemetry_verdicts_final",
            ["box_id", "number"],
            unique=False,
            sqlite_where=sa.text("final"),
            postgresql_where=sa.text("final"),
        )
        batch_op.create_index("ix_telemetry_verdicts_newest", ["box_id", "number"], unique=False)

    op.create_table(
        "users",
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("login", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("kitchen_id", sa.String(), nullable=True),
        sa.Column("site_id", sa.String(), nullable=True),
        sa.Column("vehicle_id", sa.String(), nullable=True),
        sa.Column("language", sa.String(), nullable=True),
        sa.Column("password_hash", sa.String(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("disabled_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "role IN ('kitchen', 'dispatcher', 'driver', 'canteen', 'inspector', 'bureau', 'admin', 'device', 'diner', 'volunteer', 'monitor')",
            name=op.f("ck_users_role"),
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_users")),
        sa.UniqueConstraint("login", name=op.f("uq_users_login")),
    )
    op.create_table(
        "worker_links",
        sa.Column("worker", sa.String(), nullable=False),
        sa.Column("broker", sa.String(), nullable=False),
        sa.Column("is_connected", sa.Boolean(), nullable=False),
        sa.Column("since_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("worker", "broker", name=op.f("pk_worker_links")),
    )
    op.create_table(
        "workers",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.Column("judged_at", UtcDateTime(), nullable=True),
        sa.Column("frames", sa.Integer(), nullable=False),
        sa.Column("stored", sa.Integer(), nullable=False),
        sa.Column("acknowledged", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_workers")),
    )
    op.create_table(
        "adjustments",
        sa.Column("adjustment_id", sa.String(), nullable=False),
        sa.Column("programme_id", sa.String(), nullable=False),
        sa.Column("statement_id", sa.String(), nullable=True),
        sa.Column("line_no", sa.Integer(), nullable=True),
        sa.Column("settlement_id", sa.String(), nullable=False),
        sa.Column("payer", sa.String(), nullable=False),
        sa.Column("payee", sa.String(), nullable=False),
        sa.Column("benefit_id", sa.String(), nullable=False),
        sa.Column("order_id", sa.String(), nullable=False),
        sa.Column("diner_id", sa.String(), nullable=False),
        sa.Column("site_id", sa.String(), nullable=False),
        sa.Column("service_on", sa.Date(), nullable=False),
        sa.Column("amount_fen", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("was_fen", sa.Integer(), nullable=False),
        sa.Column("now_fen", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("proposed_by", sa.String(), nullable=False),
        sa.Column("proposed_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "amount_fen = now_fen - was_fen AND amount_fen <> 0", name=op.f("ck_adjustments_difference")
        ),
        sa.ForeignKeyConstraint(
            ["statement_id"], ["statements.statement_id"], name=op.f("fk_adjustments_statement_id")
        ),
        sa.PrimaryKeyConstraint("adjustment_id", name=op.f("pk_adjustments")),
        info={"refuses": ("UPDATE", "DELETE")},
    )
    with op.batch_alter_table("adjustments", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_adjustments_programme_id"), ["programme_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_adjustments_statement_id"), ["statement_id"], unique=False)

    op.create_table(
        "blacklist",
        sa.Column("entry_id", sa.String(), nullable=False),
        sa.Column("subject_kind", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("flag_id", sa.String(), nullable=True),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("made_name", sa.String(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("replaces", sa.String(), nullable=True),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_blacklist_reason")),
        sa.CheckConstraint(
            "subject_kind IN ('site', 'operator', 'person')", name=op.f("ck_blacklist_subject_kind")
        ),
        sa.CheckConstraint("to_on IS NULL OR to_on >= from_on", name=op.f("ck_blacklist_days")),
        sa.ForeignKeyConstraint(["flag_id"], ["flags.flag_id"], name=op.f("fk_blacklist_flag_id")),
        sa.ForeignKeyConstraint(["replaces"], ["blacklist.entry_id"], name=op.f("fk_blacklist_replaces")),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_blacklist")),
        info={"refuses": ("UPDATE", "DELETE")},
    )
    with op.batch_alter_table("blacklist", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_blacklist_subject"), ["subject"], unique=False)
        batch_op.create_index("uq_blacklist_replaces", ["replaces"], unique=True)

    op.create_table(
        "check_lists",
        sa.Column("check_id", sa.String(), nullable=False),
        sa.Column("statement_id", sa.String(), nullable=False),
        sa.Column("seed", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("line_nos", JsonColumn(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["statement_id"], ["statements.statement_id"], name=op.f("fk_check_lists_statement_id")
        ),
        sa.PrimaryKeyConstraint("check_id", name=op.f("pk_check_lists")),
        info={"refuses": ("UPDATE", "DELETE")},
    )
    with op.batch_alter_table("check_lists", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_check_lists_statement_id"), ["statement_id"], unique=False)

    op.create_table(
        "complaint_steps",
        sa.Column("complaint_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("to", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("day_on", sa.Date(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('verified', 'unfounded', 'assigned', 'solved', 'reopened', 'satisfied', 'unsatisfied')",
            name=op.f("ck_complaint_steps_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["complaint_id"], ["complaints.complaint_id"], name=op.f("fk_complaint_steps_complaint_id")
        ),
        sa.PrimaryKeyConstraint("complaint_id", "number", name=op.f("pk_complaint_steps")),
        info={"refuses": ("UPDATE", "DELETE")},
    )
    op.create_table(
        "flag_decisions",
        sa.Column("decision_id", sa.String(), nullable=False),
        sa.Column("flag_id", sa.String(), nullable=False),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("consequences", JsonColumn(), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.Column("decided_name", sa.String(), nullable=False),
        sa.Column("decided_at", UtcDateTime(), nullable=False),
        sa.Column("replaces", sa.String(), nullable=True),
        sa.CheckConstraint("decision IN ('cleared', 'confirmed')", name=op.f("ck_flag_decisions_decision")),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_flag_decisions_reason")),
        sa.ForeignKeyConstraint(["flag_id"], ["flags.flag_id"], name=op.f("fk_flag_decisions_flag_id")),
        sa.ForeignKeyConstraint(
            ["replaces"], ["flag_decisions.decision_id"], name=op.f("fk_flag_decisions_replaces")
        ),
        sa.PrimaryKeyConstraint("decision_id", name=op.f("pk_flag_decisions")),
        info={"refuses": ("UPDATE", "DELETE")},
    )
    with op.batch_alter_table("flag_decisions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_flag_decisions_flag_id"), ["flag_id"], unique=False)
        batch_op.create_index(
            "uq_flag_decisions_flag_id",
            ["flag_id"],
            unique=True,
            sqlite_where=sa.text("replaces IS NULL"),
            postgresql_where=sa.text("replaces IS NULL"),
        )
        batch_op.create_index("uq_flag_decisions_replaces", ["replaces"], unique=True)

    op.create_table(
        "grant_assets",
        sa.Column("asset_id", sa.String(), nullable=False),
        sa.Column("grant_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("cost_fen", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("bought_on", sa.Date(), nullable=False),
        sa.Column("document", sa.String(), nullable=False),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("cost_fen > 0", name=op.f("ck_grant_assets_cost")),
        sa.ForeignKeyConstraint(["grant_id"], ["grants.grant_id"], name=op.f("fk_grant_assets_grant_id")),
        sa.PrimaryKeyConstraint("asset_id", name=op.f("pk_grant_assets")),
        info={"refuses": ("UPDATE", "DELETE")},
    )
    with op.batch_alter_table("grant_assets", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_grant_assets_grant_id"), ["grant_id"], unique=False)

    op.create_table(
        "inspections",
        sa.Column("inspection_id", sa.String(), nullable=False),
        sa.Column("site_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("inspected_on", sa.Date(), nullable=False),
        sa.Column("inspector", sa.String(), nullable=False),
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('routine', 'unannounced', 'third_party', 'special')", name=op.f("ck_inspections_kind")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site_files.site_id"], name=op.f("fk_inspections_site_id")),
        sa.PrimaryKeyConstraint("inspection_id", name=op.f("pk_inspections")),
        info={"refuses": ("UPDATE", "DELETE")},
    )
    with op.batch_alter_table("inspections", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_inspections_site_id"), ["site_id"], unique=False)

    op.create_table(
        "kitchen_carrier_events",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.String(), nullable=False),
        sa.Column("kitchen_id", sa.String(), nullable=False),
        sa.Column("carrier_id", sa.String(), nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("happened_at", UtcDateTime(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("site_id", sa.String(), nullable=False),
        sa.Column("box_id", sa.String(), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("replaces", sa.String(), nullable=True),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "act <> 'wash' OR (method <> '' AND person <> '')", name=op.f("ck_kitchen_carrier_events_wash")
        ),
        sa.CheckConstraint(
            "act IN ('vouch', 'preheat', 'pack', 'leave', 'empty', 'return', 'wash', 'ready', 'repair', 'mend', 'lose', 'find')",
            name=op.f("ck_kitchen_carrier_events_act"),
        ),
        sa.CheckConstraint(
            "NOT withdrawn OR replaces IS NOT NULL", name=op.f("ck_kitchen_carrier_events_withdrawn")
        ),
        sa.ForeignKeyConstraint(
            ["kitchen_id"], ["kitchens.kitchen_id"], name=op.f("fk_kitchen_carrier_events_kitchen_id")
        ),
        sa.ForeignKeyConstraint(
            ["replaces"], ["kitchen_carrier_events.event_id"], name=op.f("fk_kitchen_carrier_events_replaces")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_kitchen_carrier_events")),
        sa.UniqueConstraint("event_id", name=op.f("uq_kitchen_carrier_events_event_id")),
        info={"refuses": ("UPDATE", "DELETE")},
    )
    with op.batch_alter_table("kitchen_carrier_events", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_kitchen_carrier_events_box_id"), ["box_id"], unique=False)
        batch_op.create_index(
            "ix_kitchen_carrier_events_carrier", ["kitchen_id", "carrier_id", "happened_at"], unique=False
        )
        batch_op.create_index("uq_kitchen_carrier_events_replaces", ["replaces"], unique=True)

    op.create_table(
        "kitchen_carriers",
        sa.Column("kitchen_id", sa.String(), nullable=False),
        sa.Column("carrier_id", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("capacity_portions", sa.Integer(), nullable=False),
        sa.Column("pans", sa.Integer(), nullable=False),
        sa.Column("meals", sa.Integer(), nullable=False),
        sa.Column("max_food_g", sa.Integer(), nullable=False),
        sa.Column("capacity_units", sa.Integer(), nullable=False),
        sa.Column("tare_g", sa.Integer(), nullable=False),
        sa.Column("model", JsonColumn(), nullable=False),
        sa.Column("sensor_id", sa.String(), nullable=True),
        sa.Column("senses", sa.String(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('bulk', 'packed', 'bag', 'special')", name=op.f("ck_kitchen_carriers_kind")
        ),
        sa.CheckConstraint("(pans > 0) <> (meals > 0)", name=op.f("ck_kitchen_carriers_contents")),
        sa.CheckConstraint("(sensor_id IS NULL) = (senses IS NULL)", name=op.f("ck_kitchen_carriers_sensor")),
        sa.CheckConstraint(
            "capacity_portions > 0 AND max_food_g > 0 AND capacity_units > 0 AND tare_g >= 0",
            name=op.f("ck_kitchen_carriers_amounts"),
        ),
        sa.ForeignKeyConstraint(
            ["kitchen_id"], ["kitchens.kitchen_id"], name=op.f("fk_kitchen_carriers_kitchen_id")
        ),
        sa.PrimaryKeyConstraint("kitchen_id", "carrier_id", name=op.f("pk_kitchen_carriers")),
        sa.UniqueConstraint("sensor_id", name=op.f("uq_kitchen_carriers_sensor_id")),
    )
    op.create_table(
        "kitchen_checks",
        sa.Column("check_id", sa.String(), nullable=False),
        sa.Column("kitchen_id", sa.String(), nullable=False),
        sa.Column("register_code", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("answers", JsonColumn(), nullable=False),
        sa.Column("wrong", JsonColumn(), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("happened_at", UtcDateTime(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("replaces", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["kitchen_id"], ["kitchens.kitchen_id"], name=op.f("fk_kitchen_checks_kitchen_id")
        ),
        sa.ForeignKeyConstraint(
            ["replaces"], ["kitchen_checks.check_id"], name=op.f("fk_kitchen_checks_replaces")
        ),
        sa.PrimaryKeyConstraint("check_id", name=op.f("pk_kitchen_checks")),
        sa.UniqueConstraint("replaces", name=op.f("uq_kitchen_checks_replaces")),
        info={"refuses": ("UPDATE", "DELETE")},
    )
    with op.batch_alter_table("kitchen_checks", schema=None) as batch_op:
        batch_op.create_index("ix_kitchen_checks_kitchen_on", ["kitchen_id", "on_date"], unique=False)

    op.create_table(
        "kitchen_chilled",
        sa.Column("chilled_id", sa.String(), nullable=False),
        sa.Column("forecast_id", sa.String(), nullable=False),
        sa.Column("service_key", sa.String(), nullable=False),
        sa.Column("kitchen_id", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("dish_id", sa.String(), nullable=False),
        sa.Column("variant", sa.String(), nullable=False),
        sa.Column("equipment_kind", sa.String(), nullable=False),
        sa.Column("equipment_id", sa.String(), nullable=False),
        sa.Column("cook_id", sa.String(), nullable=False),
        sa.Column("start_s", sa.Integer(), nullable=False),
        sa.Column("ready_s", sa.Integer(), nullable=False),
        sa.Column("portions", sa.Integer(), nullable=False),
        sa.Column("sample", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "portions >= 1 AND sample >= 0 AND ready_s > start_s", name=op.f("ck_kitchen_chilled_amounts")
        ),
        sa.ForeignKeyConstraint(
            ["forecast_id"], ["kitchen_forecasts.forecast_id"], name=op.f("fk_kitchen_chilled_forecast_id")
        ),
        sa.PrimaryKeyConstraint("chilled_id", name=op.f("pk_kitchen_chilled")),
        sa.UniqueConstraint("forecast_id", "code", name=op.f("uq_kitchen_chilled_forecast_id_code")),
    )
    with op.batch_alter_table("kitchen_chilled", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_kitchen_chilled_service_key"), ["service_key"], unique=False)

    op.create_table(
        "kitchen_dish_sub_recipes",
        sa.Column("dish_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("sub_recipe", sa.String(), nullable=False),
        sa.Column("made_mg", sa.Integer(), nullable=False),
        sa.CheckConstraint("made_mg > 0", name=op.f("ck_kitchen_dish_sub_recipes_made_mg")),
        sa.ForeignKeyConstraint(
            ["dish_id"], ["kitchen_dishes.dish_id"], name=op.f("fk_kitchen_dish_sub_recipes_dish_id")
        ),
        sa.ForeignKeyConstraint(
            ["sub_recipe"], ["kitchen_sub_recipes.code"], name=op.f("fk_kitchen_dish_sub_recipes_sub_recipe")
        ),
        sa.PrimaryKeyConstraint("dish_id", "position", name=op.f("pk_kitchen_dish_sub_recipes")),
    )
    op.create_table(
        "kitchen_equipment",
        sa.Column("kitchen_id", sa.String(), nullable=False),
        sa.Column("equipment_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name_zh", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("capacity_ratio", sa.Float(), nullable=False),
        sa.Column("changeover_s", sa.Integer(), nullable=False),
        sa.Column("specials_only", sa.Boolean(), nullable=False),
        sa.Column("setup_s", sa.Integer(), nullable=False),
        sa.Column("empty_s", sa.Integer(), nullable=False),
        sa.Column("deep_clean_s", sa.Integer(), nullable=False),
        sa.Column("attended_s", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "capacity_ratio > 0 AND changeover_s >= 0 AND setup_s >= 0 AND empty_s >= 0 AND deep_clean_s >= 0",
            name=op.f("ck_kitchen_equipment_amounts"),
        ),
        sa.ForeignKeyConstraint(
            ["kitchen_id"], ["kitchens.kitchen_id"], name=op.f("fk_kitchen_equipment_kitchen_id")
        ),
        sa.PrimaryKeyConstraint("kitchen_id", "equipment_id", name=op.f("pk_kitchen_equipment")),
    )
    op.create_table(
        "kitchen_exceptions",
        sa.Column("production_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("params", JsonColumn(), nullable=False),
        sa.Column("ref", sa.String(), nullable=False),
        sa.Column("portions", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "stage IN ('batches', 'schedule', 'packing', 'routes')", name=op.f("ck_kitchen_exceptions_stage")
        ),
        sa.CheckConstraint("portions >= 0", name=op.f("ck_kitchen_exceptions_portions")),
        sa.ForeignKeyConstraint(
            ["production_id"],
            ["kitchen_productions.production_id"],
            name=op.f("fk_kitchen_exceptions_production_id"),
        ),
        sa.PrimaryKeyConstraint("production_id", "number", name=op.f("pk_kitchen_exceptions")),
    )
    op.create_table(
        "kitchen_forecast_lines",
        sa.Column("forecast_id", sa.String(), nullable=False),
        sa.Column("site_id", sa.String(), nullable=False),
        sa.Column("dish_id", sa.String(), nullable=False),
        sa.Column("variant", sa.String(), nullable=False),
        sa.Column("portions", sa.Integer(), nullable=False),
        sa.Column("ordered", sa.Float(), nullable=False),
        sa.Column("past", JsonColumn(), nullable=False),
        sa.Column("basis", sa.String(), nullable=False),
        sa.CheckConstraint(
            "portions >= 1 AND portions >= ordered", name=op.f("ck_kitchen_forecast_lines_portions")
        ),
        sa.ForeignKeyConstraint(
            ["forecast_id"],
            ["kitchen_forecasts.forecast_id"],
            name=op.f("fk_kitchen_forecast_lines_forecast_id"),
        ),
        sa.PrimaryKeyConstraint(
            "forecast_id", "site_id", "dish_id", "variant", name=op.f("pk_kitchen_forecast_lines")
        ),
    )
    op.create_table(
        "kitchen_ingredients",
        sa.Column("dish_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("food_code", sa.String(), nullable=False),
        sa.Column("edible_mg", sa.Integer(), nullable=False),
        sa.CheckConstraint("edible_mg > 0", name=op.f("ck_kitchen_ingredients_edible_mg")),
        sa.ForeignKeyConstraint(
            ["dish_id"], ["kitchen_dishes.dish_id"], name=op.f("fk_kitchen_ingredients_dish_id")
        ),
        sa.ForeignKeyConstraint(
            ["food_code"], ["kitchen_foods.code"], name=op.f("fk_kitchen_ingredients_food_code")
        ),
        sa.PrimaryKeyConstraint("dish_id", "position", name=op.f("pk_kitchen_ingredients")),
    )
    op.create_table(
        "kitchen_remedies",
        sa.Column("remedy_id", sa.String(), nullable=False),
        sa.Column("kitchen_id", sa.String(), nullable=False),
        sa.Column("ref", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("effect", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "effect IN ('again', 'goes_on', 'discard', 'lifted', '')", name=op.f("ck_kitchen_remedies_effect")
        ),
        sa.ForeignKeyConstraint(
            ["kitchen_id"], ["kitchens.kitchen_id"], name=op.f("fk_kitchen_remedies_kitchen_id")
        ),
        sa.PrimaryKeyConstraint("remedy_id", name=op.f("pk_kitchen_remedies")),
        info={"refuses": ("UPDATE", "DELETE")},
    )
    with op.batch_alter_table("kitchen_remedies", schema=None) as batch_op:
        batch_op.create_index("ix_kitchen_remedies_ref", ["ref"], unique=False)

    op.create_table(
        "kitchen_sub_recipe_parts",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("food_code", sa.String(), nullable=True),
        sa.Column("part_code", sa.String(), nullable=True),
        sa.Column("mg", sa.Integer(), nullable=False),
        sa.Column("kept_ratio", sa.Float(), nullable=False),
        sa.CheckConstraint(
            "(food_code IS NULL) <> (part_code IS NULL)", name=op.f("ck_kitchen_sub_recipe_parts_one_thing")
        ),
        sa.CheckConstraint(
            "mg > 0 AND kept_ratio BETWEEN 0 AND 1", name=op.f("ck_kitchen_sub_recipe_parts_amounts")
        ),
        sa.CheckConstraint("part_code <> code", name=op.f("ck_kitchen_sub_recipe_parts_not_itself")),
        sa.ForeignKeyConstraint(
            ["code"], ["kitchen_sub_recipes.code"], name=op.f("fk_kitchen_sub_recipe_parts_code")
        ),
        sa.ForeignKeyConstraint(
            ["food_code"], ["kitchen_foods.code"], name=op.f("fk_kitchen_sub_recipe_parts_food_code")
        ),
        sa.ForeignKeyConstraint(
            ["part_code"], ["kitchen_sub_recipes.code"], name=op.f("fk_kitchen_sub_recipe_parts_part_code")
        ),
        sa.PrimaryKeyConstraint("code", "position", name=op.f("pk_kitchen_sub_recipe_parts")),
    )
    op.create_table(
        "kitchen_suppliers",
        sa.Column("supplier_id", sa.String(), nullable=False),
        sa.Column("kitchen_id", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("contact", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("licences", JsonColumn(), nullable=False),
        sa.Column("groups", JsonColumn(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["kitchen_id"], ["kitchens.kitchen_id"], name=op.f("fk_kitchen_suppliers_kitchen_id")
        ),
        sa.PrimaryKeyConstraint("supplier_id", name=op.f("pk_kitchen_suppliers")),
        sa.UniqueConstraint("kitchen_id", "code", name=op.f("uq_kitchen_suppliers_kitchen_id_code")),
    )
    op.create_table(
        "kitchen_versions",
        sa.Column("production_id", sa.String(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["production_id"],
            ["kitchen_productions.production_id"],
            name=op.f("fk_kitchen_versions_production_id"),
        ),
        sa.PrimaryKeyConstraint("production_id", name=op.f("pk_kitchen_versions")),
        info={"refuses": ("UPDATE", "DELETE")},
    )
    op.create_table(
        "kitchen_watched",
        sa.Column("kitchen_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("calibrated_on", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("accuracy_c", sa.Float(), nullable=True),
        sa.Column("out", sa.Boolean(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("kind IN ('probe', 'fridge')", name=op.f("ck_kitchen_watched_kind")),
        sa.ForeignKeyConstraint(
            ["kitchen_id"], ["kitchens.kitchen_id"], name=op.f("fk_kitchen_watched_kitchen_id")
        ),
        sa.PrimaryKeyConstraint("kitchen_id", "kind", "code", name=op.f("pk_kitchen_watched")),
    )
    op.create_table(
        "kitchen_workers",
        sa.Column("worker_id", sa.String(), nullable=False),
        sa.Column("kitchen_id", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("skills", JsonColumn(), nullable=False),
        sa.Column("works_from", sa.String(), nullable=True),
        sa.Column("works_to", sa.String(), nullable=True),
        sa.Column("certificate_to_on", sa.Date(), nullable=True),
        sa.Column("last_on", sa.Date(), nullable=True),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("code <> '' AND name <> ''", name=op.f("ck_kitchen_workers_named")),
        sa.ForeignKeyConstraint(
            ["kitchen_id"], ["kitchens.kitchen_id"], name=op.f("fk_kitchen_workers_kitchen_id")
        ),
        sa.PrimaryKeyConstraint("worker_id", name=op.f("pk_kitchen_workers")),
        sa.UniqueConstraint("kitchen_id", "code", name=op.f("uq_kitchen_workers_kitchen_id_code")),
    )
    op.create_table(
        "lab_tests",
        sa.Column("test_id", sa.String(), nullable=False),
        sa.Column("site_id", sa.String(), nullable=False),
        sa.Column("sample", sa.String(), nullable=False),
        sa.Column("taken_on", sa.Date(), nullable=False),
        sa.Column("laboratory", sa.String(), nullable=False),
        sa.Column("result", sa.String(), nullable=False),
        sa.Column("reported_on", sa.Date(), nullable=True),
        sa.Column("report", sa.String(), nullable=False),
        sa.CheckConstraint(
            "(result = 'waiting') = (reported_on IS NULL)", name=op.f("ck_lab_tests_reported")
        ),
        sa.CheckConstraint("result IN ('waiting', 'passed', 'failed')", name=op.f("ck_lab_tests_result")),
        sa.ForeignKeyConstraint(["site_id"], ["site_files.site_id"], name=op.f("fk_lab_tests_site_id")),
        sa.PrimaryKeyConstraint("test_id", name=op.f("pk_lab_tests")),
    )
    with op.batch_alter_table("lab_tests", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lab_tests_site_id"), ["site_id"], unique=False)

    op.create_table(
        "menus",
        sa.Column("menu_id", sa.String(), nullable=False),
        sa.Column("service_key", sa.String(), nullable=False),
        sa.Column("kitchen_id", sa.String(), nullable=False),
        sa.Column("service_on", sa.Date(), nullable=False),
        sa.Column("meal", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("price_fen", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("revisions", JsonColumn(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("lines", JsonColumn(), nullable=True),
        sa.CheckConstraint("status IN ('draft', 'published', 'superseded')", name=op.f("ck_menus_status")),
        sa.CheckConstraint("price_fen >= 0 AND version >= 1", name=op.f("ck_menus_amounts")),
        sa.ForeignKeyConstraint(["kitchen_id"], ["kitchens.kitchen_id"], name=op.f("fk_menus_kitchen_id")),
        sa.PrimaryKeyConstraint("menu_id", name=op.f("pk_menus")),
        sa.UniqueConstraint("service_key", "version", name=op.f("uq_menus_service_key_version")),
    )
    with op.batch_alter_table("menus", schema=None) as batch_op:
        batch_op.create_index(
            "uq_menus_published",
            ["service_key"],
            unique=True,
            sqlite_where=sa.text("status = 'published'"),
            postgresql_where=sa.text("status = 'published'"),
        )

    op.create_table(
        "routing_plans",
        sa.Column("plan_id", sa.String(), nullable=False),
        sa.Column("service_key", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("input_digest", sa.String(), nullable=False),
        sa.Column("production_id", sa.String(), nullable=False),
        sa.Column("distance_m", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.CheckConstraint(
            "status IN ('draft', 'published', 'superseded')", name=op.f("ck_routing_plans_status")
        ),
        sa.CheckConstraint("version >= 1 AND distance_m >= 0", name=op.f("ck_routing_plans_amounts")),
        sa.ForeignKeyConstraint(
            ["production_id"],
            ["kitchen_productions.production_id"],
            name=op.f("fk_routing_plans_production_id"),
        ),
        sa.PrimaryKeyConstraint("plan_id", name=op.f("pk_routing_plans")),
        sa.UniqueConstraint("service_key", "version", name=op.f("uq_routing_plans_service_key_version")),
    )
    with op.batch_alter_table("routing_plans", schema=None) as batch_op:
        batch_op.create_index(
            "uq_routing_plans_published",
            ["service_key"],
            unique=True,
            sqlite_where=sa.text("status = 'published'"),
            postgresql_where=sa.text("status = 'published'"),
        )

    op.create_table(
        "routing_vans",
        sa.Column("kitchen_id", sa.String(), nullable=False),
        sa.Column("van_id", sa.String(), nullable=False),
        sa.Column("plate", sa.String(), nullable=False),
        sa.Column("name_zh", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.Column("weight_g", sa.Integer(), nullable=False),
        sa.Column("shift_from", sa.Time(), nullable=False),
        sa.Column("shift_to", sa.Time(), nullable=False),
        sa.Column("reload_s", sa.Integer(), nullable=False),
        sa.Column("most_trips", sa.Integer(), nullable=False),
        sa.Column("driver", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("hot_units", sa.Integer(), nullable=True),
        sa.Column("cold_units", sa.Integer(), nullable=True),
        sa.Column("skills", JsonColumn(), nullable=False),
        sa.Column("pace_pct", sa.Integer(), nullable=False),
        sa.Column("rests", JsonColumn(), nullable=False),
        sa.Column("most_out_s", sa.Integer(), nullable=True),
        sa.Column("day_fen", sa.Integer(), nullable=False),
        sa.Column("trip_fen", sa.Integer(), nullable=False),
        sa.Column("km_fen", sa.Integer(), nullable=False),
        sa.Column("hour_fen", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "day_fen >= 0 AND trip_fen >= 0 AND km_fen >= 0 AND hour_fen >= 0",
            name=op.f("ck_routing_vans_costs"),
        ),
        sa.CheckConstraint("hot_units >= 0 AND cold_units >= 0", name=op.f("ck_routing_vans_compartments")),
        sa.CheckConstraint("pace_pct >= 1 AND most_out_s >= 0", name=op.f("ck_routing_vans_hours")),
        sa.CheckConstraint("shift_to > shift_from", name=op.f("ck_routing_vans_shift")),
        sa.CheckConstraint(
            "units >= 0 AND weight_g >= 0 AND reload_s >= 0 AND most_trips >= 1",
            name=op.f("ck_routing_vans_amounts"),
        ),
        sa.ForeignKeyConstraint(
            ["kitchen_id"], ["kitchens.kitchen_id"], name=op.f("fk_routing_vans_kitchen_id")
        ),
        sa.PrimaryKeyConstraint("kitchen_id", "van_id", name=op.f("pk_routing_vans")),
    )
    op.create_table(
        "services",
        sa.Column("service_key", sa.String(), nullable=False),
        sa.Column("kitchen_id", sa.String(), nullable=False),
        sa.Column("service_on", sa.Date(), nullable=False),
        sa.Column("meal", sa.String(), nullable=False),
        sa.Column("zone", sa.String(), nullable=False),
        sa.Column("cut_off_at", UtcDateTime(), nullable=False),
        sa.Column("closed_at", UtcDateTime(), nullable=False),
        sa.Column("closed_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["kitchen_id"], ["kitchens.kitchen_id"], name=op.f("fk_services_kitchen_id")),
        sa.PrimaryKeyConstraint("service_key", name=op.f("pk_services")),
    )
    with op.batch_alter_table("services", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_services_service_on"), ["service_on"], unique=False)

    op.create_table(
        "sessions",
        sa.Column("token_digest", sa.String(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.user_id"], name=op.f("fk_sessions_user_id")),
        sa.PrimaryKeyConstraint("token_digest", name=op.f("pk_sessions")),
    )
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sessions_user_id"), ["user_id"], unique=False)

    op.create_table(
        "sign_in_links",
        sa.Column("token_digest", sa.String(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.user_id"], name=op.f("fk_sign_in_links_user_id")),
        sa.PrimaryKeyConstraint("token_digest", name=op.f("pk_sign_in_links")),
    )
    with op.batch_alter_table("sign_in_links", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sign_in_links_user_id"), ["user_id"], unique=False)

    op.create_table(
        "site_events",
        sa.Column("event_id", sa.String(), nullable=False),
        sa.Column("site_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("by_name", sa.String(), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("effect_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("grounds", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("contact", sa.String(), nullable=False),
        sa.Column("documents", JsonColumn(), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=True),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("answers", JsonColumn(), nullable=False),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "act IN ('apply', 'assess', 'select', 'agree', 'open', 'pause', 'move', 'exit', 'withdraw', 'turn_down')",
            name=op.f("ck_site_events_act"),
        ),
        sa.CheckConstraint(
            "grounds IN ('planned', 'emergency', 'ordered')", name=op.f("ck_site_events_grounds")
        ),
        sa.CheckConstraint(
            "effect_on >= happened_on AND (until_on IS NULL OR until_on >= effect_on)",
            name=op.f("ck_site_events_days"),
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site_files.site_id"], name=op.f("fk_site_events_site_id")),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_site_events")),
        sa.UniqueConstraint("site_id", "number", name=op.f("uq_site_events_site_id_number")),
        info={"refuses": ("UPDATE", "DELETE")},
    )
    op.create_table(
        "site_grades",
        sa.Column("grade_id", sa.String(), nullable=False),
        sa.Column("site_id", sa.String(), nullable=False),
        sa.Column("grade", sa.String(), nullable=False),
        sa.Column("graded_on", sa.Date(), nullable=False),
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("grade IN ('A', 'B', 'C')", name=op.f("ck_site_grades_grade")),
        sa.ForeignKeyConstraint(["site_id"], ["site_files.site_id"], name=op.f("fk_site_grades_site_id")),
        sa.PrimaryKeyConstraint("grade_id", name=op.f("pk_site_grades")),
        info={"refuses": ("UPDATE", "DELETE")},
    )
    with op.batch_alter_table("site_grades", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_site_grades_site_id"), ["site_id"], unique=False)

    op.create_table(
        "site_notices",
        sa.Column("site_id", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["site_files.site_id"], name=op.f("fk_site_notices_site_id")),
        sa.PrimaryKeyConstraint("site_id", "title", name=op.f("pk_site_notices")),
    )
    op.create_table(
        "site_prices",
        sa.Column("site_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("price_fen", sa.Integer(), nullable=False),
        sa.Column("elderly_fen", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "price_fen >= 0 AND (elderly_fen IS NULL OR elderly_fen >= 0)", name=op.f("ck_site_prices_prices")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site_files.site_id"], name=op.f("fk_site_prices_site_id")),
        sa.PrimaryKeyConstraint("site_id", "position", name=op.f("pk_site_prices")),
    )
    op.create_table(
        "site_staff",
        sa.Column("staff_id", sa.String(), nullable=False),
        sa.Column("site_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("job", sa.String(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=True),
        sa.CheckConstraint("to_on IS NULL OR to_on >= from_on", name=op.f("ck_site_staff_days")),
        sa.ForeignKeyConstraint(["site_id"], ["site_files.site_id"], name=op.f("fk_site_staff_site_id")),
        sa.PrimaryKeyConstraint("staff_id", name=op.f("pk_site_staff")),
    )
    with op.batch_alter_table("site_staff", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_site_staff_site_id"), ["site_id"], unique=False)

    op.create_table(
        "site_supplies",
        sa.Column("site_id", sa.String(), nullable=False),
        sa.Column("meal", sa.String(), nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("supplier", sa.String(), nullable=False),
        sa.CheckConstraint(
            "form IN ('own_kitchen', 'catering_company', 'central_kitchen', 'workplace_canteen')",
            name=op.f("ck_site_supplies_form"),
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site_files.site_id"], name=op.f("fk_site_supplies_site_id")),
        sa.PrimaryKeyConstraint("site_id", "meal", name=op.f("pk_site_supplies")),
    )
    op.create_table(
        "sites",
        sa.Column("site_id", sa.String(), nullable=False),
        sa.Column("kitchen_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("district", sa.String(), nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("lat", sa.Float(), nullable=False),
        sa.Column("lon", sa.Float(), nullable=False),
        sa.Column("unload_s", sa.Integer(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("contact", sa.String(), nullable=False),
        sa.Column("floor", sa.Integer(), nullable=False),
        sa.Column("lift", sa.Boolean(), nullable=False),
        sa.Column("unload_box_s", sa.Integer(), nullable=True),
        sa.Column("needs", JsonColumn(), nullable=False),
        sa.Column("familiar", JsonColumn(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=True),
        sa.Column("door_note", sa.String(), nullable=False),
        sa.CheckConstraint("form IN ('bulk', 'packed', 'on_site')", name=op.f("ck_sites_form")),
        sa.CheckConstraint("kind IN ('canteen', 'home')", name=op.f("ck_sites_kind")),
        sa.CheckConstraint(
            "lat BETWEEN -90 AND 90 AND lon BETWEEN -180 AND 180", name=op.f("ck_sites_place")
        ),
        sa.CheckConstraint("priority >= 1", name=op.f("ck_sites_priority")),
        sa.CheckConstraint(
            "unload_s >= 0 AND capacity >= 0 AND unload_box_s >= 0", name=op.f("ck_sites_amounts")
        ),
        sa.ForeignKeyConstraint(["kitchen_id"], ["kitchens.kitchen_id"], name=op.f("fk_sites_kitchen_id")),
        sa.PrimaryKeyConstraint("site_id", name=op.f("pk_sites")),
    )
    with op.batch_alter_table("sites", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sites_kitchen_id"), ["kitchen_id"], unique=False)

    op.create_table(
        "statement_acts",
        sa.Column("statement_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("user_name", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["statement_id"], ["statements.statement_id"], name=op.f("fk_statement_acts_statement_id")
        ),
        sa.PrimaryKeyConstraint("statement_id", "number", name=op.f("pk_statement_acts")),
        info={"refuses": ("UPDATE", "DELETE")},
    )
    op.create_table(
        "survey_answers",
        sa.Column("answer_id", sa.String(), nullable=False),
        sa.Column("survey_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("answers", JsonColumn(), nullable=False),
        sa.Column("comment", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("replaces", sa.String(), nullable=True),
        sa.CheckConstraint(
            "channel IN ('phone', 'paper', 'interview')", name=op.f("ck_survey_answers_channel")
        ),
        sa.ForeignKeyConstraint(
            ["replaces"], ["survey_answers.answer_id"], name=op.f("fk_survey_answers_replaces")
        ),
        sa.ForeignKeyConstraint(
            ["survey_id"], ["surveys.survey_id"], name=op.f("fk_survey_answers_survey_id")
        ),
        sa.PrimaryKeyConstraint("answer_id", name=op.f("pk_survey_answers")),
        info={"refuses": ("UPDATE", "DELETE")},
    )
    with op.batch_alter_table("survey_answers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_survey_answers_survey_id"), ["survey_id"], unique=False)
        batch_op.create_index(
            "uq_survey_answers_paper",
            ["survey_id", "number"],
            unique=True,
            sqlite_where=sa.text("replaces IS NULL"),
            postgresql_where=sa.text("replaces IS NULL"),
        )
        batch_op.create_index("uq_survey_answers_replaces", ["replaces"], unique=True)

    op.create_table(
        "telemetry_alarm_calls",
        sa.Column("alarm_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("to", sa.String(80), nullable=False),
        sa.Column("rules_revision", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["alarm_id"], ["telemetry_alarms.alarm_id"], name=op.f("fk_telemetry_alarm_calls_alarm_id")
        ),
        sa.PrimaryKeyConstraint("alarm_id", "number", name=op.f("pk_telemetry_alarm_calls")),
        info={"refuses": ("UPDATE", "DELETE")},
    )
    op.create_table(
        "telemetry_alarm_decisions",
        sa.Column("decision_id", sa.String(36), nullable=False),
        sa.Column("alarm_id", sa.String(), nullable=False),
        sa.Column("box_id", sa.String(36), nullable=False),
        sa.Column("disposition", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("action <> '' AND person <> ''", name=op.f("ck_telemetry_alarm_decisions_told")),
        sa.CheckConstraint(
            "disposition IN ('release', 'reheat', 'withdraw')",
            name=op.f("ck_telemetry_alarm_decisions_disposition"),
        ),
        sa.ForeignKeyConstraint(
            ["alarm_id"], ["telemetry_alarms.alarm_id"], name=op.f("fk_telemetry_alarm_decisions_alarm_id")
        ),
        sa.PrimaryKeyConstraint("decision_id", name=op.f("pk_telemetry_alarm_decisions")),
        info={"refuses": ("UPDATE", "DELETE")},
    )
    with op.batch_alter_table("telemetry_alarm_decisions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_telemetry_alarm_decisions_alarm_id"), ["alarm_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_telemetry_alarm_decisions_box_id"), ["box_id"], unique=False)

    op.create_table(
        "telemetry_power_cuts",
        sa.Column("cut_id", sa.String(36), nullable=False),
        sa.Column("kitchen_id", sa.String(), nullable=False),
        sa.Column("from_at", UtcDateTime(), nullable=False),
        sa.Column("to_at", UtcDateTime(), nullable=False),
        sa.Column("source", sa.String(4), nullable=False),
        sa.Column("note", sa.String(500), nullable=False),
        sa.Column("person", sa.String(100), nullable=False),
        sa.Column("actor", sa.String(36), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("known", JsonColumn(), nullable=False),
        sa.CheckConstraint("source IN ('told', 'gap')", name=op.f("ck_telemetry_power_cuts_source")),
        sa.CheckConstraint("to_at > from_at", name=op.f("ck_telemetry_power_cuts_to_after_from")),
        sa.ForeignKeyConstraint(
            ["kitchen_id"], ["kitchens.kitchen_id"], name=op.f("fk_telemetry_power_cuts_kitchen_id")
        ),
        sa.PrimaryKeyConstraint("cut_id", name=op.f("pk_telemetry_power_cuts")),
        info={"refuses": ("UPDATE", "DELETE")},
    )
    with op.batch_alter_table("telemetry_power_cuts", schema=None) as batch_op:
        batch_op.create_index("ix_telemetry_power_cuts_kitchen", ["kitchen_id", "to_at"], unique=False)

    op.create_table(
        "telemetry_sealed_chunks",
        sa.Column("box_id", sa.String(36), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["box_id", "number"],
            ["telemetry_seals.box_id", "telemetry_seals.number"],
            name=op.f("fk_telemetry_sealed_chunks_box_id_number"),
        ),
        sa.ForeignKeyConstraint(
            ["digest"], ["telemetry_chunks.digest"], name=op.f("fk_telemetry_sealed_chunks_digest")
        ),
        sa.PrimaryKeyConstraint("box_id", "number", "digest", name=op.f("pk_telemetry_sealed_chunks")),
        info={"refuses": ("UPDATE", "DELETE")},
        sqlite_with_rowid=False,
    )
    op.create_table(
        "van_stops",
        sa.Column("site_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("opens", sa.Time(), nullable=False),
        sa.Column("closes", sa.Time(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.CheckConstraint("weekday BETWEEN 1 AND 7 AND closes > opens", name=op.f("ck_van_stops_halt")),
        sa.ForeignKeyConstraint(["site_id"], ["site_files.site_id"], name=op.f("fk_van_stops_site_id")),
        sa.PrimaryKeyConstraint("site_id", "position", name=op.f("pk_van_stops")),
    )
    op.create_table(
        "adjustment_decisions",
        sa.Column("adjustment_id", sa.String(), nullable=False),
        sa.Column("approved", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.Column("decided_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["adjustment_id"],
            ["adjustments.adjustment_id"],
            name=op.f("fk_adjustment_decisions_adjustment_id"),
        ),
        sa.PrimaryKeyConstraint("adjustment_id", name=op.f("pk_adjustment_decisions")),
        info={"refuses": ("UPDATE", "DELETE")},
    )
    op.create_table(
        "check_visits",
        sa.Column("check_id", sa.String(), nullable=False),
        sa.Column("line_no", sa.Integer(), nullable=False),
        sa.Column("found", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("visited_by", sa.String(), nullable=False),
        sa.Column("visited_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("found IN ('confirmed', 'denied', 'not_met')", name=op.f("ck_check_visits_found")),
        sa.ForeignKeyConstraint(
            ["check_id"], ["check_lists.check_id"], name=op.f("fk_check_visits_check_id")
        ),
        sa.PrimaryKeyConstraint("check_id", "line_no", name=op.f("pk_check_visits")),
        info={"refuses": ("UPDATE", "DELETE")},
    )
    op.create_table(
        "closures",
        sa.Column("closure_id", sa.String(), nullable=False),
        sa.Column("site_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=True),
        sa.Column("meals", JsonColumn(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("announced_on", sa.Date(), nullable=False),
        sa.Column("emergency", sa.Boolean(), nullable=False),
        sa.Column("entered_at", UtcDateTime(), nullable=False),
        sa.Column("entered_by", sa.String(), nullable=False),
        sa.CheckConstraint("kind IN ('pause', 'stop', 'renovate', 'move')", name=op.f("ck_closures_kind")),
        sa.CheckConstraint("to_on IS NULL OR to_on >= from_on", name=op.f("ck_closures_days")),
        sa.ForeignKeyConstraint(["site_id"], ["sites.site_id"], name=op.f("fk_closures_site_id")),
        sa.PrimaryKeyConstraint("closure_id", name=op.f("pk_closures")),
        info={"refuses": ("UPDATE", "DELETE")},
    )
    with op.batch_alter_table("closures", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_closures_site_id"), ["site_id"], unique=False)

    op.create_table(
        "diners",
        sa.Column("diner_id", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("born_on", sa.Date(), nullable=False),
        sa.Column("site_id", sa.String(), nullable=False),
        sa.Column("delivery", sa.String(), nullable=False),
        sa.Column("allergens", JsonColumn(), nullable=False),
        sa.Column("diets", JsonColumn(), nullable=False),
        sa.Column("texture", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("external_ref", sa.String(), nullable=False),
        sa.CheckConstraint("delivery IN ('dine_in', 'volunteer', 'direct')", name=op.f("ck_diners_delivery")),
        sa.CheckConstraint(
            "texture IN ('regular', 'soft', 'minced', 'pureed')", name=op.f("ck_diners_texture")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["sites.site_id"], name=op.f("fk_diners_site_id")),
        sa.PrimaryKeyConstraint("diner_id", name=op.f("pk_diners")),
        sa.UniqueConstraint("code", name=op.f("uq_diners_code")),
        sa.UniqueConstraint("source", "external_ref", name=op.f("uq_diners_source_external_ref")),
    )
    with op.batch_alter_table("diners", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_diners_site_id"), ["site_id"], unique=False)

    op.create_table(
        "discards",
        sa.Column("discard_id", sa.String(), nullable=False),
        sa.Column("service_key", sa.String(), nullable=False),
        sa.Column("site_id", sa.String(), nullable=False),
        sa.Column("box_id", sa.String(), nullable=True),
        sa.Column("portions", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("noted_by", sa.String(), nullable=False),
        sa.Column("happened_at", UtcDateTime(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("portions > 0", name=op.f("ck_discards_portions")),
        sa.ForeignKeyConstraint(["site_id"], ["sites.site_id"], name=op.f("fk_discards_site_id")),
        sa.PrimaryKeyConstraint("discard_id", name=op.f("pk_discards")),
        info={"refuses": ("UPDATE", "DELETE")},
    )
    with op.batch_alter_table("discards", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_discards_service_key"), ["service_key"], unique=False)

    op.create_table(
        "flag_consequences",
        sa.Column("decision_id", sa.String(), nullable=False),
        sa.Column("consequence", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("done_by", sa.String(), nullable=False),
        sa.Column("done_name", sa.String(), nullable=False),
        sa.Column("done_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["flag_decisions.decision_id"], name=op.f("fk_flag_consequences_decision_id")
        ),
        sa.PrimaryKeyConstraint("decision_id", "consequence", name=op.f("pk_flag_consequences")),
        info={"refuses": ("UPDATE", "DELETE")},
    )
    op.create_table(
        "kitchen_batches",
        sa.Column("batch_id", sa.String(), nullable=False),
        sa.Column("production_id", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("dish_id", sa.String(), nullable=False),
        sa.Column("variant", sa.String(), nullable=False),
        sa.Column("equipment_kind", sa.String(), nullable=False),
        sa.Column("needs_ratio", sa.Float(), nullable=False),
        sa.Column("cook_s", sa.Integer(), nullable=False),
        sa.Column("portions", sa.Integer(), nullable=False),
        sa.Column("chilled_id", sa.String(), nullable=True),
        sa.CheckConstraint(
            "portions >= 1 AND cook_s >= 1 AND needs_ratio > 0", name=op.f("ck_kitchen_batches_amounts")
        ),
        sa.ForeignKeyConstraint(
            ["chilled_id"], ["kitchen_chilled.chilled_id"], name=op.f("fk_kitchen_batches_chilled_id")
        ),
        sa.ForeignKeyConstraint(
            ["production_id"],
            ["kitchen_productions.production_id"],
            name=op.f("fk_kitchen_batches_production_id"),
        ),
        sa.PrimaryKeyConstraint("batch_id", name=op.f("pk_kitchen_batches")),
        sa.UniqueConstraint("production_id", "code", name=op.f("uq_kitchen_batches_production_id_code")),
    )
    with op.batch_alter_table("kitchen_batches", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_kitchen_batches_chilled_id"), ["chilled_id"], unique=False)

    op.create_table(
        "kitchen_boxes",
        sa.Column("box_id", sa.String(), nullable=False),
        sa.Column("production_id", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("carrier_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("site_id", sa.String(), nullable=False),
        sa.Column("stop_id", sa.String(), nullable=False),
        sa.Column("hold_class", sa.String(), nullable=False),
        sa.Column("cooked_s", sa.Integer(), nullable=False),
        sa.Column("packed_s", sa.Integer(), nullable=False),
        sa.Column("release_s", sa.Integer(), nullable=False),
        sa.Column("eat_by_s", sa.Integer(), nullable=False),
        sa.Column("deliver_by_s", sa.Integer(), nullable=False),
        sa.Column("gross_g", sa.Integer(), nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.Column("second_leg", sa.Boolean(), nullable=False),
        sa.Column("for_diner", sa.String(), nullable=True),
        sa.CheckConstraint("hold_class IN ('hot', 'cold')", name=op.f("ck_kitchen_boxes_hold_class")),
        sa.CheckConstraint(
            "kind IN ('bulk', 'packed', 'bag', 'special')", name=op.f("ck_kitchen_boxes_kind")
        ),
        sa.CheckConstraint(
            "cooked_s < packed_s AND packed_s <= release_s AND deliver_by_s <= eat_by_s",
            name=op.f("ck_kitchen_boxes_times"),
        ),
        sa.CheckConstraint("gross_g > 0 AND units >= 1", name=op.f("ck_kitchen_boxes_amounts")),
        sa.ForeignKeyConstraint(
            ["production_id"],
            ["kitchen_productions.production_id"],
            name=op.f("fk_kitchen_boxes_production_id"),
        ),
        sa.ForeignKeyConstraint(["site_id"], ["sites.site_id"], name=op.f("fk_kitchen_boxes_site_id")),
        sa.PrimaryKeyConstraint("box_id", name=op.f("pk_kitchen_boxes")),
        sa.UniqueConstraint(
            "production_id", "carrier_id", name=op.f("uq_kitchen_boxes_production_id_carrier_id")
        ),
        sa.UniqueConstraint("production_id", "code", name=op.f("uq_kitchen_boxes_production_id_code")),
    )
    with op.batch_alter_table("kitchen_boxes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_kitchen_boxes_site_id"), ["site_id"], unique=False)

    op.create_table(
        "kitchen_check_signs",
        sa.Column("check_id", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["check_id"], ["kitchen_checks.check_id"], name=op.f("fk_kitchen_check_signs_check_id")
        ),
        sa.PrimaryKeyConstraint("check_id", name=op.f("pk_kitchen_check_signs")),
        info={"refuses": ("UPDATE", "DELETE")},
    )
    op.create_table(
        "kitchen_chilled_events",
        sa.Column("event_id", sa.String(), nullable=False),
        sa.Column("chilled_id", sa.String(), nullable=False),
        sa.Column("portions", sa.Integer(), nullable=False),
        sa.Column("core_c", sa.Float(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("happened_at", UtcDateTime(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("replaces", sa.String(), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.CheckConstraint("portions >= 1", name=op.f("ck_kitchen_chilled_events_portions")),
        sa.ForeignKeyConstraint(
            ["chilled_id"], ["kitchen_chilled.chilled_id"], name=op.f("fk_kitchen_chilled_events_chilled_id")
        ),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_kitchen_chilled_events")),
        sa.UniqueConstraint(
            "chilled_id", "replaces", name=op.f("uq_kitchen_chilled_events_chilled_id_replaces")
        ),
        info={"refuses": ("UPDATE", "DELETE")},
    )
    op.create_table(
        "kitchen_chilled_steps",
        sa.Column("step_id", sa.String(), nullable=False),
        sa.Column("point", sa.String(), nullable=False),
        sa.Column("value_c", sa.Float(), nullable=False),
        sa.Column("least_c", sa.Float(), nullable=True),
        sa.Column("most_c", sa.Float(), nullable=True),
        sa.Column("elapsed_s", sa.Integer(), nullable=True),
        sa.Column("within_s", sa.Integer(), nullable=True),
        sa.Column("wrong", JsonColumn(), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("probe", sa.String(), nullable=False),
        sa.Column("warnings", JsonColumn(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("happened_at", UtcDateTime(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("chilled_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["chilled_id"], ["kitchen_chilled.chilled_id"], name=op.f("fk_kitchen_chilled_steps_chilled_id")
        ),
        sa.PrimaryKeyConstraint("step_id", name=op.f("pk_kitchen_chilled_steps")),
        info={"refuses": ("UPDATE", "DELETE")},
    )
    with op.batch_alter_table("kitchen_chilled_steps", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_kitchen_chilled_steps_chilled_id"), ["chilled_id"], unique=False)

    op.create_table(
        "kitchen_chilled_waste",
        sa.Column("waste_id", sa.String(), nullable=False),
        sa.Column("chilled_id", sa.String(), nullable=False),
        sa.Column("portions", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("portions >= 1", name=op.f("ck_kitchen_chilled_waste_portions")),
        sa.ForeignKeyConstraint(
            ["chilled_id"], ["kitchen_chilled.chilled_id"], name=op.f("fk_kitchen_chilled_waste_chilled_id")
        ),
        sa.PrimaryKeyConstraint("waste_id", name=op.f("pk_kitchen_chilled_waste")),
        info={"refuses": ("UPDATE", "DELETE")},
    )
    with op.batch_alter_table("kitchen_chilled_waste", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_kitchen_chilled_waste_chilled_id"), ["chilled_id"], unique=False)

    op.create_table(
        "kitchen_deliveries",
        sa.Column("lot_id", sa.String(), nullable=False),
        sa.Column("kitchen_id", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("food_code", sa.String(), nullable=False),
        sa.Column("supplier_id", sa.String(), nullable=False),
        sa.Column("supplier_lot", sa.String(), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("received_mg", sa.BigInteger(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("storage", sa.String(), nullable=False),
        sa.Column("temperature_c", sa.Float(), nullable=True),
        sa.Column("papers", JsonColumn(), nullable=False),
        sa.Column("declared", JsonColumn(), nullable=True),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("wanting", JsonColumn(), nullable=False),
        sa.Column("rules_revision", sa.Integer(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("external_ref", sa.String(), nullable=True),
        sa.CheckConstraint(
            "storage IN ('ambient', 'chilled', 'frozen')", name=op.f("ck_kitchen_deliveries_storage")
        ),
        sa.CheckConstraint(
            "verdict IN ('accepted', 'held', 'refused')", name=op.f("ck_kitchen_deliveries_verdict")
        ),
        sa.CheckConstraint("received_mg >= 1", name=op.f("ck_kitchen_deliveries_received_mg")),
        sa.ForeignKeyConstraint(
            ["food_code"], ["kitchen_foods.code"], name=op.f("fk_kitchen_deliveries_food_code")
        ),
        sa.ForeignKeyConstraint(
            ["kitchen_id"], ["kitchens.kitchen_id"], name=op.f("fk_kitchen_deliveries_kitchen_id")
        ),
        sa.ForeignKeyConstraint(
            ["supplier_id"], ["kitchen_suppliers.supplier_id"], name=op.f("fk_kitchen_deliveries_supplier_id")
        ),
        sa.PrimaryKeyConstraint("lot_id", name=op.f("pk_kitchen_deliveries")),
        sa.UniqueConstraint("kitchen_id", "code", name=op.f("uq_kitchen_deliveries_kitchen_id_code")),
        sa.UniqueConstraint(
            "kitchen_id",
            "source",
            "external_ref",
            name=op.f("uq_kitchen_deliveries_kitchen_id_source_external_ref"),
        ),
        info={"refuses": ("UPDATE", "DELETE")},
    )
    with op.batch_alter_table("kitchen_deliveries", schema=None) as batch_op:
        batch_op.create_index(
            "ix_kitchen_deliveries_received_at", ["kitchen_id", "received_at"], unique=False
        )

    op.create_table(
        "menu_items",
        sa.Column("menu_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("dish_id", sa.String(), nullable=False),
        sa.Column("name_zh", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("contains", JsonColumn(), nullable=False),
        sa.Column("may_contain", JsonColumn(), nullable=False),
        sa.Column("unknown", JsonColumn(), nullable=False),
        sa.Column("iddsi_level", sa.Integer(), nullable=False),
        sa.Column("tags", JsonColumn(), nullable=False),
        sa.Column("hold_class", sa.String(), nullable=False),
        sa.Column("supply", sa.String(), nullable=True),
        sa.Column("variants", JsonColumn(), nullable=True),
        sa.Column("made", JsonColumn(), nullable=True),
        sa.CheckConstraint("hold_class IN ('hot', 'cold')", name=op.f("ck_menu_items_hold_class")),
        sa.CheckConstraint("supply IN ('serve_hot', 'cook_chill')", name=op.f("ck_menu_items_supply")),
        sa.CheckConstraint("iddsi_level BETWEEN 0 AND 7", name=op.f("ck_menu_items_iddsi_level")),
        sa.ForeignKeyConstraint(["menu_id"], ["menus.menu_id"], name=op.f("fk_menu_items_menu_id")),
        sa.PrimaryKeyConstraint("menu_id", "position", name=op.f("pk_menu_items")),
        sa.UniqueConstraint("menu_id", "dish_id", name=op.f("uq_menu_items_menu_id_dish_id")),
    )
    op.create_table(
        "receipts",
        sa.Column("receipt_id", sa.String(), nullable=False),
        sa.Column("service_key", sa.String(), nullable=False),
        sa.Column("box_id", sa.String(), nullable=False),
        sa.Column("site_id", sa.String(), nullable=False),
        sa.Column("plan_version", sa.Integer(), nullable=False),
        sa.Column("condition", sa.String(), nullable=False),
        sa.Column("portions", sa.Integer(), nullable=False),
        sa.Column("core_c", sa.Float(), nullable=True),
        sa.Column("signed_by", sa.String(), nullable=False),
        sa.Column("signature", sa.String(), nullable=True),
        sa.Column("happened_at", UtcDateTime(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("replaces", sa.String(), nullable=True),
        sa.CheckConstraint("condition IN ('accepted', 'refused')", name=op.f("ck_receipts_condition")),
        sa.CheckConstraint(
            "portions >= 0 AND (condition = 'accepted' OR portions = 0)", name=op.f("ck_receipts_portions")
        ),
        sa.ForeignKeyConstraint(["replaces"], ["receipts.receipt_id"], name=op.f("fk_receipts_replaces")),
        sa.ForeignKeyConstraint(["site_id"], ["sites.site_id"], name=op.f("fk_receipts_site_id")),
        sa.PrimaryKeyConstraint("receipt_id", name=op.f("pk_receipts")),
        info={"refuses": ("UPDATE", "DELETE")},
    )
    with op.batch_alter_table("receipts", schema=None) as batch_op:
        batch_op.create_index("ix_receipts_box_id", ["box_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_receipts_service_key"), ["service_key"], unique=False)
        batch_op.create_index(
            "uq_receipts_box_id",
            ["box_id"],
            unique=True,
            sqlite_where=sa.text("replaces IS NULL"),
            postgresql_where=sa.text("replaces IS NULL"),
        )
        batch_op.create_index("uq_receipts_replaces", ["replaces"], unique=True)

    op.create_table(
        "routing_trips",
        sa.Column("trip_id", sa.String(), nullable=False),
        sa.Column("plan_id", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("vehicle_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("depart_s", sa.Integer(), nullable=False),
        sa.Column("return_s", sa.Integer(), nullable=False),
        sa.Column("distance_m", sa.Integer(), nullable=False),
        sa.CheckConstraint("return_s > depart_s AND distance_m >= 0", name=op.f("ck_routing_trips_times")),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["routing_plans.plan_id"], name=op.f("fk_routing_trips_plan_id")
        ),
        sa.PrimaryKeyConstraint("trip_id", name=op.f("pk_routing_trips")),
        sa.UniqueConstraint("plan_id", "code", name=op.f("uq_routing_trips_plan_id_code")),
    )
    op.create_table(
        "shortcomings",
        sa.Column("shortcoming_id", sa.String(), nullable=False),
        sa.Column("inspection_id", sa.String(), nullable=False),
        sa.Column("site_id", sa.String(), nullable=False),
        sa.Column("item", sa.String(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("done_by", sa.String(), nullable=False),
        sa.Column("remedy", sa.String(), nullable=False),
        sa.CheckConstraint(
            "(done_on IS NULL) = (done_by = '') AND (done_on IS NULL) = (remedy = '')",
            name=op.f("ck_shortcomings_done"),
        ),
        sa.ForeignKeyConstraint(
            ["inspection_id"], ["inspections.inspection_id"], name=op.f("fk_shortcomings_inspection_id")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site_files.site_id"], name=op.f("fk_shortcomings_site_id")),
        sa.PrimaryKeyConstraint("shortcoming_id", name=op.f("pk_shortcomings")),
    )
    with op.batch_alter_table("shortcomings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_shortcomings_inspection_id"), ["inspection_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_shortcomings_site_id"), ["site_id"], unique=False)

    op.create_table(
        "site_hours",
        sa.Column("site_id", sa.String(), nullable=False),
        sa.Column("meal", sa.String(), nullable=False),
        sa.Column("opens", sa.Time(), nullable=False),
        sa.Column("closes", sa.Time(), nullable=False),
        sa.Column("serving_starts", sa.Time(), nullable=False),
        sa.Column("serving_minutes", sa.Integer(), nullable=False),
        sa.Column("second_leg_minutes", sa.Integer(), nullable=False),
        sa.Column("more_windows", JsonColumn(), nullable=False),
        sa.CheckConstraint(
            "closes > opens AND serving_minutes >= 0 AND second_leg_minutes >= 0",
            name=op.f("ck_site_hours_window"),
        ),
        sa.ForeignKeyConstraint(["site_id"], ["sites.site_id"], name=op.f("fk_site_hours_site_id")),
        sa.PrimaryKeyConstraint("site_id", "meal", name=op.f("pk_site_hours")),
    )
    op.create_table(
        "site_licences",
        sa.Column("licence_id", sa.String(), nullable=False),
        sa.Column("site_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("holder", sa.String(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=True),
        sa.Column("staff_id", sa.String(), nullable=True),
        sa.Column("replaces", sa.String(), nullable=True),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("(kind = 'health') = (staff_id IS NOT NULL)", name=op.f("ck_site_licences_staff")),
        sa.CheckConstraint(
            "kind IN ('food_operation', 'supplier', 'health')", name=op.f("ck_site_licences_kind")
        ),
        sa.CheckConstraint("to_on IS NULL OR to_on >= from_on", name=op.f("ck_site_licences_days")),
        sa.ForeignKeyConstraint(
            ["replaces"], ["site_licences.licence_id"], name=op.f("fk_site_licences_replaces")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site_files.site_id"], name=op.f("fk_site_licences_site_id")),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["site_staff.staff_id"], name=op.f("fk_site_licences_staff_id")
        ),
        sa.PrimaryKeyConstraint("licence_id", name=op.f("pk_site_licences")),
        sa.UniqueConstraint("replaces", name=op.f("uq_site_licences_replaces")),
        info={"refuses": ("UPDATE", "DELETE")},
    )
    with op.batch_alter_table("site_licences", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_site_licences_site_id"), ["site_id"], unique=False)

    op.create_table(
        "site_places",
        sa.Column("site_id", sa.String(), nullable=False),
        sa.Column("meal", sa.String(), nullable=False),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.CheckConstraint("places >= 0", name=op.f("ck_site_places_places")),
        sa.ForeignKeyConstraint(["site_id"], ["sites.site_id"], name=op.f("fk_site_places_site_id")),
        sa.PrimaryKeyConstraint("site_id", "meal", name=op.f("pk_site_places")),
    )
    op.create_table(
        "site_trainings",
        sa.Column("training_id", sa.String(), nullable=False),
        sa.Column("site_id", sa.String(), nullable=False),
        sa.Column("staff_id", sa.String(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("minutes > 0", name=op.f("ck_site_trainings_minutes")),
        sa.ForeignKeyConstraint(["site_id"], ["site_files.site_id"], name=op.f("fk_site_trainings_site_id")),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["site_staff.staff_id"], name=op.f("fk_site_trainings_staff_id")
        ),
        sa.PrimaryKeyConstraint("training_id", name=op.f("pk_site_trainings")),
        info={"refuses": ("UPDATE", "DELETE")},
    )
    with op.batch_alter_table("site_trainings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_site_trainings_site_id"), ["site_id"], unique=False)

    op.create_table(
        "statement_lines",
        sa.Column("statement_id", sa.String(), nullable=False),
        sa.Column("line_no", sa.Integer(), nullable=False),
        sa.Column("benefit_id", sa.String(), nullable=False),
        sa.Column("order_id", sa.String(), nullable=False),
        sa.Column("diner_id", sa.String(), nullable=False),
        sa.Column("site_id", sa.String(), nullable=False),
        sa.Column("service_on", sa.Date(), nullable=False),
        sa.Column("amount_fen", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("held", sa.Boolean(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("adjustment_id", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["adjustment_id"], ["adjustments.adjustment_id"], name=op.f("fk_statement_lines_adjustment_id")
        ),
        sa.ForeignKeyConstraint(
            ["statement_id"], ["statements.statement_id"], name=op.f("fk_statement_lines_statement_id")
        ),
        sa.PrimaryKeyConstraint("statement_id", "line_no", name=op.f("pk_statement_lines")),
        info={"refuses": ("UPDATE", "DELETE")},
    )
    with op.batch_alter_table("statement_lines", schema=None) as batch_op:
        batch_op.create_index("ix_statement_lines_adjustment_id", ["adjustment_id"], unique=False)
        batch_op.create_index("ix_statement_lines_order_id", ["order_id"], unique=False)

    op.create_table(
        "bindings",
        sa.Column("binding_id", sa.String(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("diner_id", sa.String(), nullable=False),
        sa.Column("relation", sa.String(), nullable=False),
        sa.Column("consent_how", sa.String(), nullable=False),
        sa.Column("consent_at", UtcDateTime(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "consent_how IN ('in_person', 'signed_form', 'phone_call', 'guardian')",
            name=op.f("ck_bindings_consent_how"),
        ),
        sa.CheckConstraint("relation IN ('self', 'family', 'agent')", name=op.f("ck_bindings_relation")),
        sa.ForeignKeyConstraint(["diner_id"], ["diners.diner_id"], name=op.f("fk_bindings_diner_id")),
        sa.PrimaryKeyConstraint("binding_id", name=op.f("pk_bindings")),
    )
    with op.batch_alter_table("bindings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_bindings_diner_id"), ["diner_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_bindings_user_id"), ["user_id"], unique=False)

    op.create_table(
        "closure_endings",
        sa.Column("closure_id", sa.String(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=False),
        sa.Column("entered_at", UtcDateTime(), nullable=False),
        sa.Column("entered_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["closure_id"], ["closures.closure_id"], name=op.f("fk_closure_endings_closure_id")
        ),
        sa.PrimaryKeyConstraint("closure_id", name=op.f("pk_closure_endings")),
        info={"refuses": ("UPDATE", "DELETE")},
    )
    op.create_table(
        "credentials",
        sa.Column("credential_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("diner_id", sa.String(), nullable=False),
        sa.Column("number_or_digest", sa.String(), nullable=False),
        sa.Column("last_four", sa.String(), nullable=False),
        sa.Column("held", sa.String(), nullable=True),
        sa.Column("issued_at", UtcDateTime(), nullable=False),
        sa.Column("revoked_at", UtcDateTime(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.CheckConstraint("kind IN ('qr', 'card', 'phone')", name=op.f("ck_credentials_kind")),
        sa.CheckConstraint("(revoked_at IS NULL) = (held IS NOT NULL)", name=op.f("ck_credentials_held")),
        sa.ForeignKeyConstraint(["diner_id"], ["diners.diner_id"], name=op.f("fk_credentials_diner_id")),
        sa.PrimaryKeyConstraint("credential_id", name=op.f("pk_credentials")),
        sa.UniqueConstraint("held", name=op.f("uq_credentials_held")),
    )
    with op.batch_alter_table("credentials", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_credentials_diner_id"), ["diner_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_credentials_last_four"), ["last_four"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_credentials_number_or_digest"), ["number_or_digest"], unique=False
        )

    op.create_table(
        "diner_applications",
        sa.Column("application_id", sa.String(), nullable=False),
        sa.Column("site_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("born_on", sa.Date(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("last_four", sa.String(), nullable=False),
        sa.Column("open_digest", sa.String(), nullable=True),
        sa.Column("said", JsonColumn(), nullable=False),
        sa.Column("submitted_at", UtcDateTime(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("diner_id", sa.String(), nullable=True),
        sa.CheckConstraint(
            "state IN ('open', 'approved', 'refused')", name=op.f("ck_diner_applications_state")
        ),
        sa.ForeignKeyConstraint(
            ["diner_id"], ["diners.diner_id"], name=op.f("fk_diner_applications_diner_id")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["sites.site_id"], name=op.f("fk_diner_applications_site_id")),
        sa.PrimaryKeyConstraint("application_id", name=op.f("pk_diner_applications")),
        sa.UniqueConstraint("open_digest", name=op.f("uq_diner_applications_open_digest")),
    )
    with op.batch_alter_table("diner_applications", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_diner_applications_site_id"), ["site_id"], unique=False)

    op.create_table(
        "diner_facts",
        sa.Column("diner_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("fact", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=True),
        sa.Column("to_on", sa.Date(), nullable=True),
        sa.Column("evidence", sa.String(), nullable=False),
        sa.Column("approved_by", sa.String(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=True),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.Column("replaces", sa.Integer(), nullable=True),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "to_on IS NULL OR from_on IS NULL OR to_on >= from_on", name=op.f("ck_diner_facts_days")
        ),
        sa.ForeignKeyConstraint(["diner_id"], ["diners.diner_id"], name=op.f("fk_diner_facts_diner_id")),
        sa.PrimaryKeyConstraint("diner_id", "position", name=op.f("pk_diner_facts")),
        sa.UniqueConstraint("diner_id", "replaces", name=op.f("uq_diner_facts_diner_id_replaces")),
        info={"refuses": ("UPDATE",)},
    )
    op.create_table(
        "diner_identities",
        sa.Column("diner_id", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("last_four", sa.String(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["diner_id"], ["diners.diner_id"], name=op.f("fk_diner_identities_diner_id")),
        sa.PrimaryKeyConstraint("diner_id", name=op.f("pk_diner_identities")),
        sa.UniqueConstraint("digest", name=op.f("uq_diner_identities_digest")),
    )
    op.create_table(
        "enrolments",
        sa.Column("enrolment_id", sa.String(), nullable=False),
        sa.Column("diner_id", sa.String(), nullable=False),
        sa.Column("programme_id", sa.String(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=True),
        sa.Column("to_on", sa.Date(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("evidence", sa.String(), nullable=False),
        sa.Column("approved_by", sa.String(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("state IN ('active', 'disputed', 'withdrawn')", name=op.f("ck_enrolments_state")),
        sa.CheckConstraint(
            "to_on IS NULL OR from_on IS NULL OR to_on >= from_on", name=op.f("ck_enrolments_days")
        ),
        sa.ForeignKeyConstraint(["diner_id"], ["diners.diner_id"], name=op.f("fk_enrolments_diner_id")),
        sa.PrimaryKeyConstraint("enrolment_id", name=op.f("pk_enrolments")),
    )
    with op.batch_alter_table("enrolments", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_enrolments_diner_id"), ["diner_id"], unique=False)

    op.create_table(
        "kitchen_batch_events",
        sa.Column("event_id", sa.String(), nullable=False),
        sa.Column("batch_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("core_c", sa.Float(), nullable=True),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("happened_at", UtcDateTime(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("replaces", sa.String(), nullable=True),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.CheckConstraint("kind IN ('started', 'cooked')", name=op.f("ck_kitchen_batch_events_kind")),
        sa.CheckConstraint(
            "NOT withdrawn OR replaces IS NOT NULL", name=op.f("ck_kitchen_batch_events_withdrawn")
        ),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["kitchen_batches.batch_id"], name=op.f("fk_kitchen_batch_events_batch_id")
        ),
        sa.ForeignKeyConstraint(
            ["replaces"], ["kitchen_batch_events.event_id"], name=op.f("fk_kitchen_batch_events_replaces")
        ),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_kitchen_batch_events")),
        info={"refuses": ("UPDATE", "DELETE")},
    )
    with op.batch_alter_table("kitchen_batch_events", schema=None) as batch_op:
        batch_op.create_index("ix_kitchen_batch_events_batch_id", ["batch_id"], unique=False)
        batch_op.create_index(
            "uq_kitchen_batch_events_batch_id",
            ["batch_id", "kind"],
            unique=True,
            sqlite_where=sa.text("replaces IS NULL"),
            postgresql_where=sa.text("replaces IS NULL"),
        )
        batch_op.create_index("uq_kitchen_batch_events_replaces", ["replaces"], unique=True)

    op.create_table(
        "kitchen_batch_extras",
        sa.Column("batch_id", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("portions", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "purpose IN ('sample', 'buffer', 'staff', 'surplus')",
            name=op.f("ck_kitchen_batch_extras_purpose"),
        ),
        sa.CheckConstraint("portions >= 1", name=op.f("ck_kitchen_batch_extras_portions")),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["kitchen_batches.batch_id"], name=op.f("fk_kitchen_batch_extras_batch_id")
        ),
        sa.PrimaryKeyConstraint("batch_id", "purpose", name=op.f("pk_kitchen_batch_extras")),
    )
    op.create_table(
        "kitchen_batch_lines",
        sa.Column("batch_id", sa.String(), nullable=False),
        sa.Column("line_id", sa.String(), nullable=False),
        sa.Column("production_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("special", sa.Boolean(), nullable=False),
        sa.Column("size", sa.String(), nullable=False),
        sa.Column("size_ratio", sa.Float(), nullable=False),
        sa.CheckConstraint("size_ratio > 0", name=op.f("ck_kitchen_batch_lines_size_ratio")),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["kitchen_batches.batch_id"], name=op.f("fk_kitchen_batch_lines_batch_id")
        ),
        sa.ForeignKeyConstraint(
            ["production_id"],
            ["kitchen_productions.production_id"],
            name=op.f("fk_kitchen_batch_lines_production_id"),
        ),
        sa.PrimaryKeyConstraint("batch_id", "line_id", name=op.f("pk_kitchen_batch_lines")),
        sa.UniqueConstraint(
            "production_id", "line_id", name=op.f("uq_kitchen_batch_lines_production_id_line_id")
        ),
    )
    op.create_table(
        "kitchen_box_events",
        sa.Column("event_id", sa.String(), nullable=False),
        sa.Column("box_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("carrier_id", sa.String(), nullable=False),
        sa.Column("core_c", sa.Float(), nullable=True),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("happened_at", UtcDateTime(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("replaces", sa.String(), nullable=True),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("probe", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("warnings", JsonColumn(), nullable=False),
        sa.CheckConstraint("kind = 'packed'", name=op.f("ck_kitchen_box_events_kind")),
        sa.CheckConstraint(
            "NOT withdrawn OR replaces IS NOT NULL", name=op.f("ck_kitchen_box_events_withdrawn")
        ),
        sa.ForeignKeyConstraint(
            ["box_id"], ["kitchen_boxes.box_id"], name=op.f("fk_kitchen_box_events_box_id")
        ),
        sa.ForeignKeyConstraint(
            ["replaces"], ["kitchen_box_events.event_id"], name=op.f("fk_kitchen_box_events_replaces")
        ),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_kitchen_box_events")),
        info={"refuses": ("UPDATE", "DELETE")},
    )
    with op.batch_alter_table("kitchen_box_events", schema=None) as batch_op:
        batch_op.create_index("ix_kitchen_box_events_box_id", ["box_id"], unique=False)
        batch_op.create_index(
            "uq_kitchen_box_events_box_id",
            ["box_id"],
            unique=True,
            sqlite_where=sa.text("replaces IS NULL"),
            postgresql_where=sa.text("replaces IS NULL"),
        )
        batch_op.create_index("uq_kitchen_box_events_replaces", ["replaces"], unique=True)

    op.create_table(
        "kitchen_box_lines",
        sa.Column("box_id", sa.String(), nullable=False),
        sa.Column("line_id", sa.String(), nullable=False),
        sa.Column("production_id", sa.String(), nullable=False),
        sa.Column("batch_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["kitchen_batches.batch_id"], name=op.f("fk_kitchen_box_lines_batch_id")
        ),
        sa.ForeignKeyConstraint(
            ["box_id"], ["kitchen_boxes.box_id"], name=op.f("fk_kitchen_box_lines_box_id")
        ),
        sa.ForeignKeyConstraint(
            ["production_id"],
            ["kitchen_productions.production_id"],
            name=op.f("fk_kitchen_box_lines_production_id"),
        ),
        sa.PrimaryKeyConstraint("box_id", "line_id", name=op.f("pk_kitchen_box_lines")),
        sa.UniqueConstraint(
            "production_id", "line_id", name=op.f("uq_kitchen_box_lines_production_id_line_id")
        ),
    )
    with op.batch_alter_table("kitchen_box_lines", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_kitchen_box_lines_batch_id"), ["batch_id"], unique=False)

    op.create_table(
        "kitchen_box_spare",
        sa.Column("box_id", sa.String(), nullable=False),
        sa.Column("batch_id", sa.String(), nullable=False),
        sa.Column("production_id", sa.String(), nullable=False),
        sa.Column("portions", sa.Integer(), nullable=False),
        sa.CheckConstraint("portions >= 1", name=op.f("ck_kitchen_box_spare_portions")),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["kitchen_batches.batch_id"], name=op.f("fk_kitchen_box_spare_batch_id")
        ),
        sa.ForeignKeyConstraint(
            ["box_id"], ["kitchen_boxes.box_id"], name=op.f("fk_kitchen_box_spare_box_id")
        ),
        sa.ForeignKeyConstraint(
            ["production_id"],
            ["kitchen_productions.production_id"],
            name=op.f("fk_kitchen_box_spare_production_id"),
        ),
        sa.PrimaryKeyConstraint("box_id", "batch_id", name=op.f("pk_kitchen_box_spare")),
    )
    with op.batch_alter_table("kitchen_box_spare", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_kitchen_box_spare_batch_id"), ["batch_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_kitchen_box_spare_production_id"), ["production_id"], unique=False
        )

    op.create_table(
        "kitchen_lot_photos",
        sa.Column("photo_id", sa.String(), nullable=False),
        sa.Column("lot_id", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("size >= 1", name=op.f("ck_kitchen_lot_photos_size")),
        sa.ForeignKeyConstraint(
            ["lot_id"], ["kitchen_deliveries.lot_id"], name=op.f("fk_kitchen_lot_photos_lot_id")
        ),
        sa.PrimaryKeyConstraint("photo_id", name=op.f("pk_kitchen_lot_photos")),
        sa.UniqueConstraint("lot_id", "digest", name=op.f("uq_kitchen_lot_photos_lot_id_digest")),
        info={"refuses": ("UPDATE", "DELETE")},
    )
    with op.batch_alter_table("kitchen_lot_photos", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_kitchen_lot_photos_digest"), ["digest"], unique=False)

    op.create_table(
        "kitchen_lots",
        sa.Column("lot_id", sa.String(), nullable=False),
        sa.Column("kitchen_id", sa.String(), nullable=False),
        sa.Column("left_mg", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("moves", sa.Integer(), nullable=False),
        sa.Column("marks", sa.Integer(), nullable=False),
        sa.Column("use_first", sa.Boolean(), nullable=False),
        sa.CheckConstraint("state IN ('ok', 'held', 'destroyed')", name=op.f("ck_kitchen_lots_state")),
        sa.CheckConstraint("left_mg >= 0", name=op.f("ck_kitchen_lots_left_mg")),
        sa.CheckConstraint("moves >= 1 AND marks >= 0", name=op.f("ck_kitchen_lots_counts")),
        sa.ForeignKeyConstraint(
            ["kitchen_id"], ["kitchens.kitchen_id"], name=op.f("fk_kitchen_lots_kitchen_id")
        ),
        sa.ForeignKeyConstraint(
            ["lot_id"], ["kitchen_deliveries.lot_id"], name=op.f("fk_kitchen_lots_lot_id")
        ),
        sa.PrimaryKeyConstraint("lot_id", name=op.f("pk_kitchen_lots")),
    )
    with op.batch_alter_table("kitchen_lots", schema=None) as batch_op:
        batch_op.create_index("ix_kitchen_lots_open", ["kitchen_id", "left_mg"], unique=False)

    op.create_table(
        "kitchen_pan_weights",
        sa.Column("weight_id", sa.String(), nullable=False),
        sa.Column("box_id", sa.String(), nullable=False),
        sa.Column("pan", sa.Integer(), nullable=False),
        sa.Column("net_g", sa.Integer(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("replaces", sa.String(), nullable=True),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "NOT withdrawn OR replaces IS NOT NULL", name=op.f("ck_kitchen_pan_weights_withdrawn")
        ),
        sa.CheckConstraint("net_g >= 0 AND pan >= 1", name=op.f("ck_kitchen_pan_weights_amounts")),
        sa.ForeignKeyConstraint(
            ["box_id"], ["kitchen_boxes.box_id"], name=op.f("fk_kitchen_pan_weights_box_id")
        ),
        sa.ForeignKeyConstraint(
            ["replaces"], ["kitchen_pan_weights.weight_id"], name=op.f("fk_kitchen_pan_weights_replaces")
        ),
        sa.PrimaryKeyConstraint("weight_id", name=op.f("pk_kitchen_pan_weights")),
        info={"refuses": ("UPDATE", "DELETE")},
    )
    with op.batch_alter_table("kitchen_pan_weights", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_kitchen_pan_weights_box_id"), ["box_id"], unique=False)
        batch_op.create_index("uq_kitchen_pan_weights_replaces", ["replaces"], unique=True)

    op.create_table(
        "kitchen_samples",
        sa.Column("sample_id", sa.String(), nullable=False),
        sa.Column("service_key", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("dish_id", sa.String(), nullable=False),
        sa.Column("variant", sa.String(), nullable=False),
        sa.Column("batch_id", sa.String(), nullable=False),
        sa.Column("g", sa.Integer(), nullable=False),
        sa.Column("fridge", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("taken_at", UtcDateTime(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("keep_until_at", UtcDateTime(), nullable=False),
        sa.Column("replaces", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.CheckConstraint("g > 0 AND keep_until_at > taken_at", name=op.f("ck_kitchen_samples_amounts")),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["kitchen_batches.batch_id"], name=op.f("fk_kitchen_samples_batch_id")
        ),
        sa.ForeignKeyConstraint(
            ["replaces"], ["kitchen_samples.sample_id"], name=op.f("fk_kitchen_samples_replaces")
        ),
        sa.PrimaryKeyConstraint("sample_id", name=op.f("pk_kitchen_samples")),
        sa.UniqueConstraint("replaces", name=op.f("uq_kitchen_samples_replaces")),
        info={"refuses": ("UPDATE", "DELETE")},
    )
    with op.batch_alter_table("kitchen_samples", schema=None) as batch_op:
        batch_op.create_index(
            "uq_kitchen_samples_batch",
            ["service_key", "batch_id"],
            unique=True,
            sqlite_where=sa.text("replaces IS NULL"),
            postgresql_where=sa.text("replaces IS NULL"),
        )

    op.create_table(
        "kitchen_slots",
        sa.Column("batch_id", sa.String(), nullable=False),
        sa.Column("equipment_id", sa.String(), nullable=False),
        sa.Column("start_s", sa.Integer(), nullable=False),
        sa.Column("ready_s", sa.Integer(), nullable=False),
        sa.Column("cook_id", sa.String(), nullable=False),
        sa.Column("deep_clean", sa.Boolean(), nullable=False),
        sa.CheckConstraint("ready_s > start_s", name=op.f("ck_kitchen_slots_times")),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["kitchen_batches.batch_id"], name=op.f("fk_kitchen_slots_batch_id")
        ),
        sa.PrimaryKeyConstraint("batch_id", name=op.f("pk_kitchen_slots")),
    )
    op.create_table(
        "kitchen_steps",
        sa.Column("step_id", sa.String(), nullable=False),
        sa.Column("point", sa.String(), nullable=False),
        sa.Column("value_c", sa.Float(), nullable=False),
        sa.Column("least_c", sa.Float(), nullable=True),
        sa.Column("most_c", sa.Float(), nullable=True),
        sa.Column("elapsed_s", sa.Integer(), nullable=True),
        sa.Column("within_s", sa.Integer(), nullable=True),
        sa.Column("wrong", JsonColumn(), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("probe", sa.String(), nullable=False),
        sa.Column("warnings", JsonColumn(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("happened_at", UtcDateTime(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("service_key", sa.String(), nullable=False),
        sa.Column("batch_id", sa.String(), nullable=True),
        sa.Column("box_id", sa.String(), nullable=True),
        sa.Column("replaces", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["kitchen_batches.batch_id"], name=op.f("fk_kitchen_steps_batch_id")
        ),
        sa.ForeignKeyConstraint(["box_id"], ["kitchen_boxes.box_id"], name=op.f("fk_kitchen_steps_box_id")),
        sa.ForeignKeyConstraint(
            ["replaces"], ["kitchen_steps.step_id"], name=op.f("fk_kitchen_steps_replaces")
        ),
        sa.PrimaryKeyConstraint("step_id", name=op.f("pk_kitchen_steps")),
        sa.UniqueConstraint("replaces", name=op.f("uq_kitchen_steps_replaces")),
        info={"refuses": ("UPDATE", "DELETE")},
    )
    with op.batch_alter_table("kitchen_steps", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_kitchen_steps_batch_id"), ["batch_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_kitchen_steps_box_id"), ["box_id"], unique=False)
        batch_op.create_index("ix_kitchen_steps_service", ["service_key"], unique=False)

    op.create_table(
        "orders",
        sa.Column("order_id", sa.String(), nullable=False),
        sa.Column("service_key", sa.String(), nullable=False),
        sa.Column("kitchen_id", sa.String(), nullable=False),
        sa.Column("service_on", sa.Date(), nullable=False),
        sa.Column("meal", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("diner_id", sa.String(), nullable=False),
        sa.Column("site_id", sa.String(), nullable=False),
        sa.Column("price_fen", sa.Integer(), nullable=False),
        sa.Column("placed_at", UtcDateTime(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("delivery", sa.String(), nullable=True),
        sa.Column("ending", sa.String(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("external_ref", sa.String(), nullable=False),
        sa.CheckConstraint("delivery IN ('dine_in', 'volunteer', 'direct')", name=op.f("ck_orders_delivery")),
        sa.CheckConstraint(
            "state IN ('placed', 'locked', 'cancelled', 'waiting')", name=op.f("ck_orders_state")
        ),
        sa.CheckConstraint("(ended_at IS NULL) = (ending IS NULL)", name=op.f("ck_orders_ended")),
        sa.CheckConstraint("price_fen >= 0", name=op.f("ck_orders_price_fen")),
        sa.ForeignKeyConstraint(["diner_id"], ["diners.diner_id"], name=op.f("fk_orders_diner_id")),
        sa.ForeignKeyConstraint(["kitchen_id"], ["kitchens.kitchen_id"], name=op.f("fk_orders_kitchen_id")),
        sa.ForeignKeyConstraint(["site_id"], ["sites.site_id"], name=op.f("fk_orders_site_id")),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_orders")),
        sa.UniqueConstraint("service_key", "code", name=op.f("uq_orders_service_key_code")),
        sa.UniqueConstraint("source", "external_ref", name=op.f("uq_orders_source_external_ref")),
    )
    with op.batch_alter_table("orders", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_orders_diner_id"), ["diner_id"], unique=False)
        batch_op.create_index("ix_orders_service_key_site_id", ["service_key", "site_id"], unique=False)

    op.create_table(
        "routing_trip_events",
        sa.Column("event_id", sa.String(), nullable=False),
        sa.Column("trip_id", sa.String(), nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("happened_at", UtcDateTime(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("replaces", sa.String(), nullable=True),
        sa.CheckConstraint("act IN ('departed', 'returned')", name=op.f("ck_routing_trip_events_act")),
        sa.ForeignKeyConstraint(
            ["replaces"], ["routing_trip_events.event_id"], name=op.f("fk_routing_trip_events_replaces")
        ),
        sa.ForeignKeyConstraint(
            ["trip_id"], ["routing_trips.trip_id"], name=op.f("fk_routing_trip_events_trip_id")
        ),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_routing_trip_events")),
        info={"refuses": ("UPDATE", "DELETE")},
    )
    with op.batch_alter_table("routing_trip_events", schema=None) as batch_op:
        batch_op.create_index(
            "uq_routing_trip_events_first",
            ["trip_id", "act"],
            unique=True,
            sqlite_where=sa.text("replaces IS NULL"),
            postgresql_where=sa.text("replaces IS NULL"),
        )
        batch_op.create_index("uq_routing_trip_events_replaces", ["replaces"], unique=True)

    op.create_table(
        "routing_visit_boxes",
        sa.Column("plan_id", sa.String(), nullable=False),
        sa.Column("box_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("stop_id", sa.String(), nullable=False),
        sa.Column("trip_id", sa.String(), nullable=True),
        sa.Column("visit", sa.Integer(), nullable=True),
        sa.Column("code", sa.String(), nullable=True),
        sa.Column("params", JsonColumn(), nullable=True),
        sa.CheckConstraint(
            "(trip_id IS NULL) = (code IS NOT NULL)", name=op.f("ck_routing_visit_boxes_reason")
        ),
        sa.CheckConstraint("(trip_id IS NULL) = (visit IS NULL)", name=op.f("ck_routing_visit_boxes_visit")),
        sa.ForeignKeyConstraint(
            ["box_id"], ["kitchen_boxes.box_id"], name=op.f("fk_routing_visit_boxes_box_id")
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["routing_plans.plan_id"], name=op.f("fk_routing_visit_boxes_plan_id")
        ),
        sa.ForeignKeyConstraint(
            ["trip_id"], ["routing_trips.trip_id"], name=op.f("fk_routing_visit_boxes_trip_id")
        ),
        sa.PrimaryKeyConstraint("plan_id", "box_id", name=op.f("pk_routing_visit_boxes")),
    )
    op.create_table(
        "routing_visits",
        sa.Column("trip_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("stop_id", sa.String(), nullable=False),
        sa.Column("arrive_s", sa.Integer(), nullable=False),
        sa.Column("start_s", sa.Integer(), nullable=False),
        sa.Column("leave_s", sa.Integer(), nullable=False),
        sa.Column("distance_m", sa.Integer(), nullable=False),
        sa.Column("travel_s", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "arrive_s <= start_s AND start_s <= leave_s", name=op.f("ck_routing_visits_times")
        ),
        sa.CheckConstraint("distance_m >= 0 AND travel_s >= 0", name=op.f("ck_routing_visits_amounts")),
        sa.ForeignKeyConstraint(
            ["trip_id"], ["routing_trips.trip_id"], name=op.f("fk_routing_visits_trip_id")
        ),
        sa.PrimaryKeyConstraint("trip_id", "position", name=op.f("pk_routing_visits")),
    )
    op.create_table(
        "standing_orders",
        sa.Column("standing_id", sa.String(), nullable=False),
        sa.Column("diner_id", sa.String(), nullable=False),
        sa.Column("meal", sa.String(), nullable=False),
        sa.Column("weekdays", JsonColumn(), nullable=False),
        sa.Column("choices", JsonColumn(), nullable=False),
        sa.Column("delivery", sa.String(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=True),
        sa.Column("to_on", sa.Date(), nullable=True),
        sa.Column("ended", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "delivery IN ('', 'dine_in', 'volunteer', 'direct')", name=op.f("ck_standing_orders_delivery")
        ),
        sa.CheckConstraint("meal IN ('breakfast', 'lunch', 'dinner')", name=op.f("ck_standing_orders_meal")),
        sa.CheckConstraint(
            "to_on IS NULL OR from_on IS NULL OR to_on >= from_on", name=op.f("ck_standing_orders_days")
        ),
        sa.ForeignKeyConstraint(["diner_id"], ["diners.diner_id"], name=op.f("fk_standing_orders_diner_id")),
        sa.PrimaryKeyConstraint("standing_id", name=op.f("pk_standing_orders")),
    )
    with op.batch_alter_table("standing_orders", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_standing_orders_diner_id"), ["diner_id"], unique=False)

    op.create_table(
        "standing_pauses",
        sa.Column("pause_id", sa.String(), nullable=False),
        sa.Column("diner_id", sa.String(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("ended", sa.Boolean(), nullable=False),
        sa.CheckConstraint("to_on IS NULL OR to_on >= from_on", name=op.f("ck_standing_pauses_days")),
        sa.ForeignKeyConstraint(["diner_id"], ["diners.diner_id"], name=op.f("fk_standing_pauses_diner_id")),
        sa.PrimaryKeyConstraint("pause_id", name=op.f("pk_standing_pauses")),
    )
    with op.batch_alter_table("standing_pauses", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_standing_pauses_diner_id"), ["diner_id"], unique=False)

    op.create_table(
        "bills",
        sa.Column("bill_id", sa.String(), nullable=False),
        sa.Column("service_key", sa.String(), nullable=False),
        sa.Column("order_id", sa.String(), nullable=False),
        sa.Column("order_code", sa.String(), nullable=False),
        sa.Column("diner_id", sa.String(), nullable=False),
        sa.Column("site_id", sa.String(), nullable=False),
        sa.Column("service_on", sa.Date(), nullable=False),
        sa.Column("meal", sa.String(), nullable=False),
        sa.Column("price_fen", sa.Integer(), nullable=False),
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("class_id", sa.String(), nullable=False),
        sa.Column("subsidy_fen", sa.Integer(), nullable=False),
        sa.Column("diner_fen", sa.Integer(), nullable=False),
        sa.Column("site_bears_fen", sa.Integer(), nullable=False),
        sa.Column("operator_fen", sa.Integer(), nullable=False),
        sa.Column("charity_fen", sa.Integer(), nullable=False),
        sa.Column("site_fee_fen", sa.Integer(), nullable=False),
        sa.Column("delivery_fen", sa.Integer(), nullable=False),
        sa.Column("payer", sa.String(), nullable=False),
        sa.Column("programme_id", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("why", JsonColumn(), nullable=False),
        sa.Column("dues", JsonColumn(), nullable=False),
        sa.Column("flags", JsonColumn(), nullable=False),
        sa.Column("paid", JsonColumn(), nullable=False),
        sa.Column("settled_at", UtcDateTime(), nullable=False),
        sa.Column("replaces", sa.String(), nullable=True),
        sa.CheckConstraint(
            "subsidy_fen + diner_fen + site_bears_fen + operator_fen + charity_fen IN (0, price_fen)",
            name=op.f("ck_bills_balance"),
        ),
        sa.CheckConstraint("subsidy_fen >= 0 AND diner_fen >= 0", name=op.f("ck_bills_amounts")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.order_id"], name=op.f("fk_bills_order_id")),
        sa.ForeignKeyConstraint(["replaces"], ["bills.bill_id"], name=op.f("fk_bills_replaces")),
        sa.PrimaryKeyConstraint("bill_id", name=op.f("pk_bills")),
        info={"refuses": ("UPDATE", "DELETE")},
    )
    with op.batch_alter_table("bills", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_bills_service_key"), ["service_key"], unique=False)
        batch_op.create_index(batch_op.f("ix_bills_service_on"), ["service_on"], unique=False)
        batch_op.create_index(
            "uq_bills_order_id",
            ["order_id"],
            unique=True,
            sqlite_where=sa.text("replaces IS NULL"),
            postgresql_where=sa.text("replaces IS NULL"),
        )
        batch_op.create_index("uq_bills_replaces", ["replaces"], unique=True)

    op.create_table(
        "drops",
        sa.Column("drop_id", sa.String(), nullable=False),
        sa.Column("service_key", sa.String(), nullable=False),
        sa.Column("order_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("carrier_kind", sa.String(), nullable=False),
        sa.Column("carried_by", sa.String(), nullable=False),
        sa.Column("happened_at", UtcDateTime(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("proof", sa.String(), nullable=True),
        sa.Column("proof_digest", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("offline", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "outcome IN ('taken', 'handed_over', 'nobody_home', 'refused', 'brought_back')",
            name=op.f("ck_drops_outcome"),
        ),
        sa.CheckConstraint("proof IS NULL OR outcome = 'handed_over'", name=op.f("ck_drops_proof")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.order_id"], name=op.f("fk_drops_order_id")),
        sa.ForeignKeyConstraint(["proof_digest"], ["proofs.digest"], name=op.f("fk_drops_proof_digest")),
        sa.ForeignKeyConstraint(["site_id"], ["sites.site_id"], name=op.f("fk_drops_site_id")),
        sa.PrimaryKeyConstraint("drop_id", name=op.f("pk_drops")),
        sa.UniqueConstraint("order_id", "position", name=op.f("uq_drops_order_id_position")),
        info={"refuses": ("UPDATE", "DELETE")},
    )
    with op.batch_alter_table("drops", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_drops_service_key"), ["service_key"], unique=False)

    op.create_table(
        "flag_orders",
        sa.Column("flag_id", sa.String(), nullable=False),
        sa.Column("order_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["flag_id"], ["flags.flag_id"], name=op.f("fk_flag_orders_flag_id")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.order_id"], name=op.f("fk_flag_orders_order_id")),
        sa.PrimaryKeyConstraint("flag_id", "order_id", name=op.f("pk_flag_orders")),
        info={"refuses": ("UPDATE", "DELETE")},
    )
    with op.batch_alter_table("flag_orders", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_flag_orders_order_id"), ["order_id"], unique=False)

    op.create_table(
        "kitchen_lot_marks",
        sa.Column("mark_id", sa.String(), nullable=False),
        sa.Column("lot_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("by_name", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("state IN ('ok', 'held', 'destroyed')", name=op.f("ck_kitchen_lot_marks_state")),
        sa.ForeignKeyConstraint(
            ["lot_id"], ["kitchen_lots.lot_id"], name=op.f("fk_kitchen_lot_marks_lot_id")
        ),
        sa.PrimaryKeyConstraint("mark_id", name=op.f("pk_kitchen_lot_marks")),
        sa.UniqueConstraint("lot_id", "number", name=op.f("uq_kitchen_lot_marks_lot_id_number")),
        info={"refuses": ("UPDATE", "DELETE")},
    )
    op.create_table(
        "kitchen_lot_moves",
        sa.Column("move_id", sa.String(), nullable=False),
        sa.Column("lot_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("delta_mg", sa.BigInteger(), nullable=False),
        sa.Column("left_mg", sa.BigInteger(), nullable=False),
        sa.Column("batch_id", sa.String(), nullable=True),
        sa.Column("chilled_id", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "(kind IN ('issue', 'put_back')) = (batch_id IS NOT NULL OR chilled_id IS NOT NULL)",
            name=op.f("ck_kitchen_lot_moves_batch"),
        ),
        sa.CheckConstraint(
            "kind IN ('receive', 'issue', 'put_back', 'waste', 'return', 'count', 'destroy')",
            name=op.f("ck_kitchen_lot_moves_kind"),
        ),
        sa.CheckConstraint(
            "kind NOT IN ('issue', 'waste', 'return', 'destroy') OR delta_mg < 0",
            name=op.f("ck_kitchen_lot_moves_out"),
        ),
        sa.CheckConstraint(
            "kind NOT IN ('receive', 'put_back') OR delta_mg > 0", name=op.f("ck_kitchen_lot_moves_into")
        ),
        sa.CheckConstraint(
            "batch_id IS NULL OR chilled_id IS NULL", name=op.f("ck_kitchen_lot_moves_one_batch")
        ),
        sa.CheckConstraint("left_mg >= 0", name=op.f("ck_kitchen_lot_moves_left_mg")),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["kitchen_batches.batch_id"], name=op.f("fk_kitchen_lot_moves_batch_id")
        ),
        sa.ForeignKeyConstraint(
            ["chilled_id"], ["kitchen_chilled.chilled_id"], name=op.f("fk_kitchen_lot_moves_chilled_id")
        ),
        sa.ForeignKeyConstraint(
            ["lot_id"], ["kitchen_lots.lot_id"], name=op.f("fk_kitchen_lot_moves_lot_id")
        ),
        sa.PrimaryKeyConstraint("move_id", name=op.f("pk_kitchen_lot_moves")),
        sa.UniqueConstraint("lot_id", "number", name=op.f("uq_kitchen_lot_moves_lot_id_number")),
        info={"refuses": ("UPDATE", "DELETE")},
    )
    with op.batch_alter_table("kitchen_lot_moves", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_kitchen_lot_moves_batch_id"), ["batch_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_kitchen_lot_moves_chilled_id"), ["chilled_id"], unique=False)

    op.create_table(
        "kitchen_picks",
        sa.Column("batch_id", sa.String(), nullable=False),
        sa.Column("lot_id", sa.String(), nullable=False),
        sa.Column("production_id", sa.String(), nullable=False),
        sa.Column("mg", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("mg >= 1", name=op.f("ck_kitchen_picks_mg")),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["kitchen_batches.batch_id"], name=op.f("fk_kitchen_picks_batch_id")
        ),
        sa.ForeignKeyConstraint(["lot_id"], ["kitchen_lots.lot_id"], name=op.f("fk_kitchen_picks_lot_id")),
        sa.ForeignKeyConstraint(
            ["production_id"],
            ["kitchen_productions.production_id"],
            name=op.f("fk_kitchen_picks_production_id"),
        ),
        sa.PrimaryKeyConstraint("batch_id", "lot_id", name=op.f("pk_kitchen_picks")),
    )
    with op.batch_alter_table("kitchen_picks", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_kitchen_picks_lot_id"), ["lot_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_kitchen_picks_production_id"), ["production_id"], unique=False)

    op.create_table(
        "kitchen_sample_events",
        sa.Column("sample_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("ref", sa.String(), nullable=False),
        sa.CheckConstraint("(cause = '') = (ref = '')", name=op.f("ck_kitchen_sample_events_ref")),
        sa.CheckConstraint(
            "cause IN ('', 'complaint', 'lot', 'discard', 'hold')",
            name=op.f("ck_kitchen_sample_events_cause"),
        ),
        sa.CheckConstraint(
            "kind IN ('frozen', 'released', 'destroyed')", name=op.f("ck_kitchen_sample_events_kind")
        ),
        sa.ForeignKeyConstraint(
            ["sample_id"], ["kitchen_samples.sample_id"], name=op.f("fk_kitchen_sample_events_sample_id")
        ),
        sa.PrimaryKeyConstraint("sample_id", "number", name=op.f("pk_kitchen_sample_events")),
        info={"refuses": ("UPDATE", "DELETE")},
    )
    with op.batch_alter_table("kitchen_sample_events", schema=None) as batch_op:
        batch_op.create_index("ix_kitchen_sample_events_ref", ["cause", "ref"], unique=False)

    op.create_table(
        "kitchen_withheld",
        sa.Column("withheld_id", sa.String(), nullable=False),
        sa.Column("kitchen_id", sa.String(), nullable=False),
        sa.Column("service_key", sa.String(), nullable=False),
        sa.Column("batch_id", sa.String(), nullable=True),
        sa.Column("box_id", sa.String(), nullable=True),
        sa.Column("lot_id", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("by_inspector", sa.Boolean(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("reason <> '' AND person <> ''", name=op.f("ck_kitchen_withheld_told")),
        sa.CheckConstraint("(batch_id IS NULL) <> (box_id IS NULL)", name=op.f("ck_kitchen_withheld_of_one")),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["kitchen_batches.batch_id"], name=op.f("fk_kitchen_withheld_batch_id")
        ),
        sa.ForeignKeyConstraint(
            ["box_id"], ["kitchen_boxes.box_id"], name=op.f("fk_kitchen_withheld_box_id")
        ),
        sa.ForeignKeyConstraint(
            ["kitchen_id"], ["kitchens.kitchen_id"], name=op.f("fk_kitchen_withheld_kitchen_id")
        ),
        sa.ForeignKeyConstraint(["lot_id"], ["kitchen_lots.lot_id"], name=op.f("fk_kitchen_withheld_lot_id")),
        sa.PrimaryKeyConstraint("withheld_id", name=op.f("pk_kitchen_withheld")),
        info={"refuses": ("UPDATE", "DELETE")},
    )
    with op.batch_alter_table("kitchen_withheld", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_kitchen_withheld_lot_id"), ["lot_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_kitchen_withheld_service_key"), ["service_key"], unique=False)

    op.create_table(
        "order_changes",
        sa.Column("change_id", sa.String(), nullable=False),
        sa.Column("service_key", sa.String(), nullable=False),
        sa.Column("order_id", sa.String(), nullable=False),
        sa.Column("order_code", sa.String(), nullable=False),
        sa.Column("diner_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("counted_at", UtcDateTime(), nullable=False),
        sa.Column("entered_at", UtcDateTime(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("since_version", sa.Integer(), nullable=True),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("added", JsonColumn(), nullable=False),
        sa.Column("removed", JsonColumn(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('placed', 'amended', 'cancelled', 'moved_up', 'moved', 'walk_in')",
            name=op.f("ck_order_changes_kind"),
        ),
        sa.CheckConstraint(
            "since_version IS NULL OR since_version >= 0", name=op.f("ck_order_changes_since_version")
        ),
        sa.ForeignKeyConstraint(["order_id"], ["orders.order_id"], name=op.f("fk_order_changes_order_id")),
        sa.PrimaryKeyConstraint("change_id", name=op.f("pk_order_changes")),
        sa.UniqueConstraint("order_id", "step", name=op.f("uq_order_changes_order_id_step")),
        info={"refuses": ("UPDATE", "DELETE")},
    )
    with op.batch_alter_table("order_changes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_order_changes_order_id"), ["order_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_order_changes_service_key"), ["service_key"], unique=False)

    op.create_table(
        "order_lines",
        sa.Column("line_id", sa.String(), nullable=False),
        sa.Column("order_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("dish_id", sa.String(), nullable=False),
        sa.Column("ordered_dish_id", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.CheckConstraint(
            "state IN ('ordered', 'substituted', 'withdrawn')", name=op.f("ck_order_lines_state")
        ),
        sa.ForeignKeyConstraint(["order_id"], ["orders.order_id"], name=op.f("fk_order_lines_order_id")),
        sa.PrimaryKeyConstraint("line_id", name=op.f("pk_order_lines")),
        sa.UniqueConstraint("order_id", "position", name=op.f("uq_order_lines_order_id_position")),
    )
    op.create_table(
        "prepayments",
        sa.Column("payment_id", sa.String(), nullable=False),
        sa.Column("order_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("amount_fen", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("bound", sa.Boolean(), nullable=False),
        sa.Column("paid_at", UtcDateTime(), nullable=False),
        sa.Column("taken_by", sa.String(), nullable=False),
        sa.CheckConstraint("kind IN ('payment', 'refund')", name=op.f("ck_prepayments_kind")),
        sa.CheckConstraint("method IN ('cash', 'card', 'online')", name=op.f("ck_prepayments_method")),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_prepayments_amount_fen")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.order_id"], name=op.f("fk_prepayments_order_id")),
        sa.PrimaryKeyConstraint("payment_id", name=op.f("pk_prepayments")),
        info={"refuses": ("UPDATE", "DELETE")},
    )
    with op.batch_alter_table("prepayments", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_prepayments_order_id"), ["order_id"], unique=False)
        batch_op.create_index(
            "uq_prepayments_reference",
            ["method", "kind", "reference"],
            unique=True,
            sqlite_where=sa.text("reference <> ''"),
            postgresql_where=sa.text("reference <> ''"),
        )

    op.create_table(
        "servings",
        sa.Column("serving_id", sa.String(), nullable=False),
        sa.Column("service_key", sa.String(), nullable=False),
        sa.Column("order_id", sa.String(), nullable=False),
        sa.Column("site_id", sa.String(), nullable=False),
        sa.Column("portions", sa.Integer(), nullable=False),
        sa.Column("served_by", sa.String(), nullable=False),
        sa.Column("happened_at", UtcDateTime(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("offline", sa.Boolean(), nullable=False),
        sa.Column("identified_by", sa.String(), nullable=False),
        sa.Column("credential_id", sa.String(), nullable=False),
        sa.Column("doubt", JsonColumn(), nullable=True),
        sa.Column("drawn", JsonColumn(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("replaces", sa.String(), nullable=True),
        sa.CheckConstraint("portions >= 0", name=op.f("ck_servings_portions")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.order_id"], name=op.f("fk_servings_order_id")),
        sa.ForeignKeyConstraint(["replaces"], ["servings.serving_id"], name=op.f("fk_servings_replaces")),
        sa.ForeignKeyConstraint(["site_id"], ["sites.site_id"], name=op.f("fk_servings_site_id")),
        sa.PrimaryKeyConstraint("serving_id", name=op.f("pk_servings")),
        info={"refuses": ("UPDATE", "DELETE")},
    )
    with op.batch_alter_table("servings", schema=None) as batch_op:
        batch_op.create_index("ix_servings_order_id", ["order_id"], unique=False)
        batch_op.create_index("ix_servings_service_key_site_id", ["service_key", "site_id"], unique=False)
        batch_op.create_index(
            "uq_servings_order_id",
            ["order_id"],
            unique=True,
            sqlite_where=sa.text("replaces IS NULL"),
            postgresql_where=sa.text("replaces IS NULL"),
        )
        batch_op.create_index("uq_servings_replaces", ["replaces"], unique=True)

    op.create_table(
        "telemetry_lot_words",
        sa.Column("word_id", sa.String(36), nullable=False),
        sa.Column("cut_id", sa.String(), nullable=False),
        sa.Column("lot_id", sa.String(), nullable=False),
        sa.Column("asset_code", sa.String(100), nullable=False),
        sa.Column("word", sa.String(8), nullable=False),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.Column("person", sa.String(100), nullable=False),
        sa.Column("actor", sa.String(36), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "word IN ('keep', 'use_now', 'hold', 'discard')", name=op.f("ck_telemetry_lot_words_word")
        ),
        sa.ForeignKeyConstraint(
            ["cut_id"], ["telemetry_power_cuts.cut_id"], name=op.f("fk_telemetry_lot_words_cut_id")
        ),
        sa.ForeignKeyConstraint(
            ["lot_id"], ["kitchen_lots.lot_id"], name=op.f("fk_telemetry_lot_words_lot_id")
        ),
        sa.PrimaryKeyConstraint("word_id", name=op.f("pk_telemetry_lot_words")),
        info={"refuses": ("UPDATE", "DELETE")},
    )
    with op.batch_alter_table("telemetry_lot_words", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_telemetry_lot_words_cut_id"), ["cut_id"], unique=False)

    op.create_table(
        "turned_away",
        sa.Column("claim_id", sa.String(), nullable=False),
        sa.Column("service_key", sa.String(), nullable=False),
        sa.Column("site_id", sa.String(), nullable=False),
        sa.Column("order_id", sa.String(), nullable=True),
        sa.Column("diner_id", sa.String(), nullable=True),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("params", JsonColumn(), nullable=False),
        sa.Column("identified_by", sa.String(), nullable=False),
        sa.Column("refused_by", sa.String(), nullable=False),
        sa.Column("happened_at", UtcDateTime(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("offline", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["diner_id"], ["diners.diner_id"], name=op.f("fk_turned_away_diner_id")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.order_id"], name=op.f("fk_turned_away_order_id")),
        sa.ForeignKeyConstraint(["site_id"], ["sites.site_id"], name=op.f("fk_turned_away_site_id")),
        sa.PrimaryKeyConstraint("claim_id", name=op.f("pk_turned_away")),
        info={"refuses": ("UPDATE", "DELETE")},
    )
    with op.batch_alter_table("turned_away", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_turned_away_order_id"), ["order_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_turned_away_service_key"), ["service_key"], unique=False)

    op.create_table(
        "clashes",
        sa.Column("clash_id", sa.String(), nullable=False),
        sa.Column("service_key", sa.String(), nullable=False),
        sa.Column("order_code", sa.String(), nullable=False),
        sa.Column("line_id", sa.String(), nullable=False),
        sa.Column("diner_id", sa.String(), nullable=False),
        sa.Column("dish_id", sa.String(), nullable=False),
        sa.Column("reasons", JsonColumn(), nullable=False),
        sa.Column("proposed", JsonColumn(), nullable=False),
        sa.Column("found_at", UtcDateTime(), nullable=False),
        sa.Column("settled_at", UtcDateTime(), nullable=True),
        sa.Column("settled_by", sa.String(), nullable=True),
        sa.Column("chosen", sa.String(), nullable=True),
        sa.CheckConstraint("settled_at IS NULL OR settled_by IS NOT NULL", name=op.f("ck_clashes_settled")),
        sa.ForeignKeyConstraint(["line_id"], ["order_lines.line_id"], name=op.f("fk_clashes_line_id")),
        sa.PrimaryKeyConstraint("clash_id", name=op.f("pk_clashes")),
    )
    with op.batch_alter_table("clashes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_clashes_service_key"), ["service_key"], unique=False)
        batch_op.create_index(
            "uq_clashes_open",
            ["line_id", "dish_id"],
            unique=True,
            sqlite_where=sa.text("settled_at IS NULL"),
            postgresql_where=sa.text("settled_at IS NULL"),
        )

    op.create_table(
        "kitchen_stop_seen",
        sa.Column("withheld_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("place_id", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("comment", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("kind IN ('site', 'van')", name=op.f("ck_kitchen_stop_seen_kind")),
        sa.CheckConstraint("person <> ''", name=op.f("ck_kitchen_stop_seen_told")),
        sa.ForeignKeyConstraint(
            ["withheld_id"], ["kitchen_withheld.withheld_id"], name=op.f("fk_kitchen_stop_seen_withheld_id")
        ),
        sa.PrimaryKeyConstraint("withheld_id", "kind", "place_id", name=op.f("pk_kitchen_stop_seen")),
        info={"refuses": ("UPDATE", "DELETE")},
    )
    op.create_table(
        "kitchen_withheld_ends",
        sa.Column("withheld_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("kind IN ('lifted', 'discarded')", name=op.f("ck_kitchen_withheld_ends_kind")),
        sa.CheckConstraint("reason <> '' AND person <> ''", name=op.f("ck_kitchen_withheld_ends_told")),
        sa.ForeignKeyConstraint(
            ["withheld_id"],
            ["kitchen_withheld.withheld_id"],
            name=op.f("fk_kitchen_withheld_ends_withheld_id"),
        ),
        sa.PrimaryKeyConstraint("withheld_id", name=op.f("pk_kitchen_withheld_ends")),
        info={"refuses": ("UPDATE", "DELETE")},
    )
    op.create_table(
        "ledger_lines",
        sa.Column("bill_id", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("order_id", sa.String(), nullable=False),
        sa.Column("amount_fen", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["bill_id"], ["bills.bill_id"], name=op.f("fk_ledger_lines_bill_id")),
        sa.PrimaryKeyConstraint("bill_id", "account", name=op.f("pk_ledger_lines")),
        info={"refuses": ("UPDATE", "DELETE")},
    )
    op.create_table(
        "clash_overrides",
        sa.Column("clash_id", sa.String(), nullable=False),
        sa.Column("service_key", sa.String(), nullable=False),
        sa.Column("line_id", sa.String(), nullable=False),
        sa.Column("dish_id", sa.String(), nullable=False),
        sa.Column("reasons", JsonColumn(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("by_name", sa.String(), nullable=False),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.Column("decided_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("reason <> '' AND by_name <> ''", name=op.f("ck_clash_overrides_answered_for")),
        sa.ForeignKeyConstraint(["clash_id"], ["clashes.clash_id"], name=op.f("fk_clash_overrides_clash_id")),
        sa.ForeignKeyConstraint(
            ["line_id"], ["order_lines.line_id"], name=op.f("fk_clash_overrides_line_id")
        ),
        sa.PrimaryKeyConstraint("clash_id", name=op.f("pk_clash_overrides")),
        info={"refuses": ("UPDATE", "DELETE")},
    )
    with op.batch_alter_table("clash_overrides", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_clash_overrides_service_key"), ["service_key"], unique=False)


def downgrade() -> None:
    """Back."""
    with op.batch_alter_table("clash_overrides", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_clash_overrides_service_key"))

    op.drop_table("clash_overrides")
    op.drop_table("ledger_lines")
    op.drop_table("kitchen_withheld_ends")
    op.drop_table("kitchen_stop_seen")
    with op.batch_alter_table("clashes", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_clashes_open",
            sqlite_where=sa.text("settled_at IS NULL"),
            postgresql_where=sa.text("settled_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_clashes_service_key"))

    op.drop_table("clashes")
    with op.batch_alter_table("turned_away", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_turned_away_service_key"))
        batch_op.drop_index(batch_op.f("ix_turned_away_order_id"))

    op.drop_table("turned_away")
    with op.batch_alter_table("telemetry_lot_words", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_telemetry_lot_words_cut_id"))

    op.drop_table("telemetry_lot_words")
    with op.batch_alter_table("servings", schema=None) as batch_op:
        batch_op.drop_index("uq_servings_replaces")
        batch_op.drop_index(
            "uq_servings_order_id",
            sqlite_where=sa.text("replaces IS NULL"),
            postgresql_where=sa.text("replaces IS NULL"),
        )
        batch_op.drop_index("ix_servings_service_key_site_id")
        batch_op.drop_index("ix_servings_order_id")

    op.drop_table("servings")
    with op.batch_alter_table("prepayments", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_prepayments_reference",
            sqlite_where=sa.text("reference <> ''"),
            postgresql_where=sa.text("reference <> ''"),
        )
        batch_op.drop_index(batch_op.f("ix_prepayments_order_id"))

    op.drop_table("prepayments")
    op.drop_table("order_lines")
    with op.batch_alter_table("order_changes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_order_changes_service_key"))
        batch_op.drop_index(batch_op.f("ix_order_changes_order_id"))

    op.drop_table("order_changes")
    with op.batch_alter_table("kitchen_withheld", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_kitchen_withheld_service_key"))
        batch_op.drop_index(batch_op.f("ix_kitchen_withheld_lot_id"))

    op.drop_table("kitchen_withheld")
    with op.batch_alter_table("kitchen_sample_events", schema=None) as batch_op:
        batch_op.drop_index("ix_kitchen_sample_events_ref")

    op.drop_table("kitchen_sample_events")
    with op.batch_alter_table("kitchen_picks", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_kitchen_picks_production_id"))
        batch_op.drop_index(batch_op.f("ix_kitchen_picks_lot_id"))

    op.drop_table("kitchen_picks")
    with op.batch_alter_table("kitchen_lot_moves", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_kitchen_lot_moves_chilled_id"))
        batch_op.drop_index(batch_op.f("ix_kitchen_lot_moves_batch_id"))

    op.drop_table("kitchen_lot_moves")
    op.drop_table("kitchen_lot_marks")
    with op.batch_alter_table("flag_orders", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_flag_orders_order_id"))

    op.drop_table("flag_orders")
    with op.batch_alter_table("drops", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_drops_service_key"))

    op.drop_table("drops")
    with op.batch_alter_table("bills", schema=None) as batch_op:
        batch_op.drop_index("uq_bills_replaces")
        batch_op.drop_index(
            "uq_bills_order_id",
            sqlite_where=sa.text("replaces IS NULL"),
            postgresql_where=sa.text("replaces IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_bills_service_on"))
        batch_op.drop_index(batch_op.f("ix_bills_service_key"))

    op.drop_table("bills")
    with op.batch_alter_table("standing_pauses", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_standing_pauses_diner_id"))

    op.drop_table("standing_pauses")
    with op.batch_alter_table("standing_orders", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_standing_orders_diner_id"))

    op.drop_table("standing_orders")
    op.drop_table("routing_visits")
    op.drop_table("routing_visit_boxes")
    with op.batch_alter_table("routing_trip_events", schema=None) as batch_op:
        batch_op.drop_index("uq_routing_trip_events_replaces")
        batch_op.drop_index(
            "uq_routing_trip_events_first",
            sqlite_where=sa.text("replaces IS NULL"),
            postgresql_where=sa.text("replaces IS NULL"),
        )

    op.drop_table("routing_trip_events")
    with op.batch_alter_table("orders", schema=None) as batch_op:
        batch_op.drop_index("ix_orders_service_key_site_id")
        batch_op.drop_index(batch_op.f("ix_orders_diner_id"))

    op.drop_table("orders")
    with op.batch_alter_table("kitchen_steps", schema=None) as batch_op:
        batch_op.drop_index("ix_kitchen_steps_service")
        batch_op.drop_index(batch_op.f("ix_kitchen_steps_box_id"))
        batch_op.drop_index(batch_op.f("ix_kitchen_steps_batch_id"))

    op.drop_table("kitchen_steps")
    op.drop_table("kitchen_slots")
    with op.batch_alter_table("kitchen_samples", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_kitchen_samples_batch",
            sqlite_where=sa.text("replaces IS NULL"),
            postgresql_where=sa.text("replaces IS NULL"),
        )

    op.drop_table("kitchen_samples")
    with op.batch_alter_table("kitchen_pan_weights", schema=None) as batch_op:
        batch_op.drop_index("uq_kitchen_pan_weights_replaces")
        batch_op.drop_index(batch_op.f("ix_kitchen_pan_weights_box_id"))

    op.drop_table("kitchen_pan_weights")
    with op.batch_alter_table("kitchen_lots", schema=None) as batch_op:
        batch_op.drop_index("ix_kitchen_lots_open")

    op.drop_table("kitchen_lots")
    with op.batch_alter_table("kitchen_lot_photos", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_kitchen_lot_photos_digest"))

    op.drop_table("kitchen_lot_photos")
    with op.batch_alter_table("kitchen_box_spare", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_kitchen_box_spare_production_id"))
        batch_op.drop_index(batch_op.f("ix_kitchen_box_spare_batch_id"))

    op.drop_table("kitchen_box_spare")
    with op.batch_alter_table("kitchen_box_lines", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_kitchen_box_lines_batch_id"))

    op.drop_table("kitchen_box_lines")
    with op.batch_alter_table("kitchen_box_events", schema=None) as batch_op:
        batch_op.drop_index("uq_kitchen_box_events_replaces")
        batch_op.drop_index(
            "uq_kitchen_box_events_box_id",
            sqlite_where=sa.text("replaces IS NULL"),
            postgresql_where=sa.text("replaces IS NULL"),
        )
        batch_op.drop_index("ix_kitchen_box_events_box_id")

    op.drop_table("kitchen_box_events")
    op.drop_table("kitchen_batch_lines")
    op.drop_table("kitchen_batch_extras")
    with op.batch_alter_table("kitchen_batch_events", schema=None) as batch_op:
        batch_op.drop_index("uq_kitchen_batch_events_replaces")
        batch_op.drop_index(
            "uq_kitchen_batch_events_batch_id",
            sqlite_where=sa.text("replaces IS NULL"),
            postgresql_where=sa.text("replaces IS NULL"),
        )
        batch_op.drop_index("ix_kitchen_batch_events_batch_id")

    op.drop_table("kitchen_batch_events")
    with op.batch_alter_table("enrolments", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_enrolments_diner_id"))

    op.drop_table("enrolments")
    op.drop_table("diner_identities")
    op.drop_table("diner_facts")
    with op.batch_alter_table("diner_applications", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_diner_applications_site_id"))

    op.drop_table("diner_applications")
    with op.batch_alter_table("credentials", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_credentials_number_or_digest"))
        batch_op.drop_index(batch_op.f("ix_credentials_last_four"))
        batch_op.drop_index(batch_op.f("ix_credentials_diner_id"))

    op.drop_table("credentials")
    op.drop_table("closure_endings")
    with op.batch_alter_table("bindings", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_bindings_user_id"))
        batch_op.drop_index(batch_op.f("ix_bindings_diner_id"))

    op.drop_table("bindings")
    with op.batch_alter_table("statement_lines", schema=None) as batch_op:
        batch_op.drop_index("ix_statement_lines_order_id")
        batch_op.drop_index("ix_statement_lines_adjustment_id")

    op.drop_table("statement_lines")
    with op.batch_alter_table("site_trainings", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_site_trainings_site_id"))

    op.drop_table("site_trainings")
    op.drop_table("site_places")
    with op.batch_alter_table("site_licences", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_site_licences_site_id"))

    op.drop_table("site_licences")
    op.drop_table("site_hours")
    with op.batch_alter_table("shortcomings", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_shortcomings_site_id"))
        batch_op.drop_index(batch_op.f("ix_shortcomings_inspection_id"))

    op.drop_table("shortcomings")
    op.drop_table("routing_trips")
    with op.batch_alter_table("receipts", schema=None) as batch_op:
        batch_op.drop_index("uq_receipts_replaces")
        batch_op.drop_index(
            "uq_receipts_box_id",
            sqlite_where=sa.text("replaces IS NULL"),
            postgresql_where=sa.text("replaces IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_receipts_service_key"))
        batch_op.drop_index("ix_receipts_box_id")

    op.drop_table("receipts")
    op.drop_table("menu_items")
    with op.batch_alter_table("kitchen_deliveries", schema=None) as batch_op:
        batch_op.drop_index("ix_kitchen_deliveries_received_at")

    op.drop_table("kitchen_deliveries")
    with op.batch_alter_table("kitchen_chilled_waste", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_kitchen_chilled_waste_chilled_id"))

    op.drop_table("kitchen_chilled_waste")
    with op.batch_alter_table("kitchen_chilled_steps", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_kitchen_chilled_steps_chilled_id"))

    op.drop_table("kitchen_chilled_steps")
    op.drop_table("kitchen_chilled_events")
    op.drop_table("kitchen_check_signs")
    with op.batch_alter_table("kitchen_boxes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_kitchen_boxes_site_id"))

    op.drop_table("kitchen_boxes")
    with op.batch_alter_table("kitchen_batches", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_kitchen_batches_chilled_id"))

    op.drop_table("kitchen_batches")
    op.drop_table("flag_consequences")
    with op.batch_alter_table("discards", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_discards_service_key"))

    op.drop_table("discards")
    with op.batch_alter_table("diners", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_diners_site_id"))

    op.drop_table("diners")
    with op.batch_alter_table("closures", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_closures_site_id"))

    op.drop_table("closures")
    op.drop_table("check_visits")
    op.drop_table("adjustment_decisions")
    op.drop_table("van_stops")
    op.drop_table("telemetry_sealed_chunks")
    with op.batch_alter_table("telemetry_power_cuts", schema=None) as batch_op:
        batch_op.drop_index("ix_telemetry_power_cuts_kitchen")

    op.drop_table("telemetry_power_cuts")
    with op.batch_alter_table("telemetry_alarm_decisions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_telemetry_alarm_decisions_box_id"))
        batch_op.drop_index(batch_op.f("ix_telemetry_alarm_decisions_alarm_id"))

    op.drop_table("telemetry_alarm_decisions")
    op.drop_table("telemetry_alarm_calls")
    with op.batch_alter_table("survey_answers", schema=None) as batch_op:
        batch_op.drop_index("uq_survey_answers_replaces")
        batch_op.drop_index(
            "uq_survey_answers_paper",
            sqlite_where=sa.text("replaces IS NULL"),
            postgresql_where=sa.text("replaces IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_survey_answers_survey_id"))

    op.drop_table("survey_answers")
    op.drop_table("statement_acts")
    with op.batch_alter_table("sites", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sites_kitchen_id"))

    op.drop_table("sites")
    op.drop_table("site_supplies")
    with op.batch_alter_table("site_staff", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_site_staff_site_id"))

    op.drop_table("site_staff")
    op.drop_table("site_prices")
    op.drop_table("site_notices")
    with op.batch_alter_table("site_grades", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_site_grades_site_id"))

    op.drop_table("site_grades")
    op.drop_table("site_events")
    with op.batch_alter_table("sign_in_links", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sign_in_links_user_id"))

    op.drop_table("sign_in_links")
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sessions_user_id"))

    op.drop_table("sessions")
    with op.batch_alter_table("services", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_services_service_on"))

    op.drop_table("services")
    op.drop_table("routing_vans")
    with op.batch_alter_table("routing_plans", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_routing_plans_published",
            sqlite_where=sa.text("status = 'published'"),
            postgresql_where=sa.text("status = 'published'"),
        )

    op.drop_table("routing_plans")
    with op.batch_alter_table("menus", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_menus_published",
            sqlite_where=sa.text("status = 'published'"),
            postgresql_where=sa.text("status = 'published'"),
        )

    op.drop_table("menus")
    with op.batch_alter_table("lab_tests", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_lab_tests_site_id"))

    op.drop_table("lab_tests")
    op.drop_table("kitchen_workers")
    op.drop_table("kitchen_watched")
    op.drop_table("kitchen_versions")
    op.drop_table("kitchen_suppliers")
    op.drop_table("kitchen_sub_recipe_parts")
    with op.batch_alter_table("kitchen_remedies", schema=None) as batch_op:
        batch_op.drop_index("ix_kitchen_remedies_ref")

    op.drop_table("kitchen_remedies")
    op.drop_table("kitchen_ingredients")
    op.drop_table("kitchen_forecast_lines")
    op.drop_table("kitchen_exceptions")
    op.drop_table("kitchen_equipment")
    op.drop_table("kitchen_dish_sub_recipes")
    with op.batch_alter_table("kitchen_chilled", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_kitchen_chilled_service_key"))

    op.drop_table("kitchen_chilled")
    with op.batch_alter_table("kitchen_checks", schema=None) as batch_op:
        batch_op.drop_index("ix_kitchen_checks_kitchen_on")

    op.drop_table("kitchen_checks")
    op.drop_table("kitchen_carriers")
    with op.batch_alter_table("kitchen_carrier_events", schema=None) as batch_op:
        batch_op.drop_index("uq_kitchen_carrier_events_replaces")
        batch_op.drop_index("ix_kitchen_carrier_events_carrier")
        batch_op.drop_index(batch_op.f("ix_kitchen_carrier_events_box_id"))

    op.drop_table("kitchen_carrier_events")
    with op.batch_alter_table("inspections", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_inspections_site_id"))

    op.drop_table("inspections")
    with op.batch_alter_table("grant_assets", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_grant_assets_grant_id"))

    op.drop_table("grant_assets")
    with op.batch_alter_table("flag_decisions", schema=None) as batch_op:
        batch_op.drop_index("uq_flag_decisions_replaces")
        batch_op.drop_index(
            "uq_flag_decisions_flag_id",
            sqlite_where=sa.text("replaces IS NULL"),
            postgresql_where=sa.text("replaces IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_flag_decisions_flag_id"))

    op.drop_table("flag_decisions")
    op.drop_table("complaint_steps")
    with op.batch_alter_table("check_lists", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_check_lists_statement_id"))

    op.drop_table("check_lists")
    with op.batch_alter_table("blacklist", schema=None) as batch_op:
        batch_op.drop_index("uq_blacklist_replaces")
        batch_op.drop_index(batch_op.f("ix_blacklist_subject"))

    op.drop_table("blacklist")
    with op.batch_alter_table("adjustments", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_adjustments_statement_id"))
        batch_op.drop_index(batch_op.f("ix_adjustments_programme_id"))

    op.drop_table("adjustments")
    op.drop_table("workers")
    op.drop_table("worker_links")
    op.drop_table("users")
    with op.batch_alter_table("telemetry_verdicts", schema=None) as batch_op:
        batch_op.drop_index("ix_telemetry_verdicts_newest")
        batch_op.drop_index(
            "ix_telemetry_verdicts_final", sqlite_where=sa.text("final"), postgresql_where=sa.text("final")
        )

    op.drop_table("telemetry_verdicts")
    op.drop_table("telemetry_tended_days")
    with op.batch_alter_table("telemetry_site_cores", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_telemetry_site_cores_box_id"))

    op.drop_table("telemetry_site_cores")
    op.drop_table("telemetry_seals")
    op.drop_table("telemetry_readings")
    op.drop_table("telemetry_reading_counts")
    with op.batch_alter_table("telemetry_probe_uses", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_telemetry_probe_uses_still_inside",
            sqlite_where=sa.text("to_at IS NULL"),
            postgresql_where=sa.text("to_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_telemetry_probe_uses_box_id"))

    op.drop_table("telemetry_probe_uses")
    op.drop_table("telemetry_dropping")
    op.drop_table("telemetry_dropped_rows")
    op.drop_table("telemetry_devices")
    with op.batch_alter_table("telemetry_corrected_uses", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_telemetry_corrected_uses_box_id"))

    op.drop_table("telemetry_corrected_uses")
    with op.batch_alter_table("telemetry_chunks", schema=None) as batch_op:
        batch_op.drop_index("ix_telemetry_chunks_device")

    op.drop_table("telemetry_chunks")
    with op.batch_alter_table("telemetry_bad_frames", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_telemetry_bad_frames_received_at"))
        batch_op.drop_index(batch_op.f("ix_telemetry_bad_frames_code"))

    op.drop_table("telemetry_bad_frames")
    with op.batch_alter_table("telemetry_bad_counts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_telemetry_bad_counts_code"))

    op.drop_table("telemetry_bad_counts")
    with op.batch_alter_table("telemetry_alarms", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_telemetry_alarms_open",
            sqlite_where=sa.text("cleared_at IS NULL"),
            postgresql_where=sa.text("cleared_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_telemetry_alarms_raised_at"))
        batch_op.drop_index(batch_op.f("ix_telemetry_alarms_cleared_at"))
        batch_op.drop_index(batch_op.f("ix_telemetry_alarms_box_id"))

    op.drop_table("telemetry_alarms")
    op.drop_table("surveys")
    op.drop_table("statements")
    with op.batch_alter_table("site_files", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_site_files_programme_id"))

    op.drop_table("site_files")
    with op.batch_alter_table("routing_ways", schema=None) as batch_op:
        batch_op.drop_index("ix_routing_ways_start")

    op.drop_table("routing_ways")
    op.drop_table("routing_roads")
    op.drop_table("routing_day_events")
    op.drop_table("proofs")
    op.drop_table("programmes")
    with op.batch_alter_table("printed_sheets", schema=None) as batch_op:
        batch_op.drop_index("ix_printed_sheets_service_key")

    op.drop_table("printed_sheets")
    with op.batch_alter_table("payee_accounts", schema=None) as batch_op:
        batch_op.drop_index("ix_payee_accounts_payee")

    op.drop_table("payee_accounts")
    op.drop_table("pay_files")
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_outbox_due_at"))

    op.drop_table("outbox")
    with op.batch_alter_table("order_exceptions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_order_exceptions_service_key"))

    op.drop_table("order_exceptions")
    op.drop_table("neighbourhoods")
    op.drop_table("kitchens")
    op.drop_table("kitchen_sub_recipes")
    with op.batch_alter_table("kitchen_spare_labels", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_kitchen_spare_labels_service_key"))

    op.drop_table("kitchen_spare_labels")
    op.drop_table("kitchen_replans")
    with op.batch_alter_table("kitchen_productions", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_kitchen_productions_published",
            sqlite_where=sa.text("status = 'published'"),
            postgresql_where=sa.text("status = 'published'"),
        )

    op.drop_table("kitchen_productions")
    op.drop_table("kitchen_forecasts")
    op.drop_table("kitchen_foods")
    op.drop_table("kitchen_dishes")
    with op.batch_alter_table("jobs", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_jobs_due_at"))

    op.drop_table("jobs")
    op.drop_table("idempotent_answers")
    op.drop_table("grants")
    with op.batch_alter_table("fund_movements", schema=None) as batch_op:
        batch_op.drop_index("ix_fund_movements_programme_id")

    op.drop_table("fund_movements")
    with op.batch_alter_table("flags", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_flags_service_on"))

    op.drop_table("flags")
    op.drop_table("config_revisions")
    with op.batch_alter_table("complaints", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_complaints_received_on"))

    op.drop_table("complaints")
    with op.batch_alter_table("audit_events", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_audit_events_user_id"))
        batch_op.drop_index(batch_op.f("ix_audit_events_subject"))
        batch_op.drop_index(batch_op.f("ix_audit_events_at"))

    op.drop_table("audit_events")
