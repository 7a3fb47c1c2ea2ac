package host

import "context"

func readNodes(h *Host, _ context.Context) ([]item, error) {
	text, err := h.text(pve + "/.members")
	if gone(err) {
		return nil, h.absent(".members")
	}
	if err != nil {
		return nil, err
	}
	m, err := parseMembers(text)
	if err != nil || m.Cluster == nil {
		return nil, err // a node alone is no cluster
	}
	var items []item
	for name, n := range m.Nodes {
		it := item{
			"node": name, "node_id": wholeNumber(float64(n.ID)), "cluster": m.Cluster.Name, "online": n.Online != 0,
			"quorate": m.Cluster.Quorate != 0, "own": name == m.Node,
		}
		put(it, "address", n.Address, n.Address != "")
		items = append(items, it)
	}
	return items, nil
}
