"""Who am I: the exemplary room."""


def test_a_partner_reads_its_own_organization_and_scopes(client, partner, token):
    claims = partner("customs", name="Customs of Utopia", scopes=["organization:read", "flags:read"])
    answer = client.get("/v1/organization", headers=token(claims))
    assert answer.status_code == 200
    assert answer.json() == {
        "id": claims.organization_id,
        "kind": "customs",
        "name": "Customs of Utopia",
        "created_at": "2026-11-21T12:00:00Z",
        "client_id": claims.client_id,
        "scopes": ["flags:read", "organization:read"],
    }
