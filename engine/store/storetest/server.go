// Package storetest starts a PostgreSQL server for tests: one for each test
// package, with a database of its own for each test. Where none is installed, the
// tests that ask for it say so and are skipped.
//
// It is for tests alone, and knows nothing of what is kept in the databases.
package storetest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // for the package's own statements
)

// Password is what every server of this package asks for.
const Password = "orange-7-lamp/@:%"

const (
	owner     = "tocsin"
	startTime = 30 * time.Second
)

// Server is a PostgreSQL server that is started when a test first asks for a
// database. The zero Server is ready for use. Stop ends it.
type Server struct {
	once    sync.Once
	err     error // why there is none
	bin     string
	dir     string
	port    int
	process *os.Process
	end     chan struct{} // closed by Stop
	ended   chan struct{} // closed when the process has ended
	count   int
}

// Run runs the tests of a package and then stops its server. It is what a TestMain
// calls, with os.Exit around it.
func Run(m *testing.M, s *Server) int {
	defer s.Stop()
	return m.Run()
}

// Database makes an empty database for a test and returns its address.
func (s *Server) Database(t testing.TB) string {
	t.Helper()
	s.once.Do(s.start)
	if s.err != nil {
		t.Skipf("NOT TESTED on PostgreSQL: %v", s.err)
	}
	s.count++
	name := fmt.Sprintf("t%d", s.count)
	create := "CREATE DATABASE " + name + " TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'"
	if s.exec(t.Context(), create+" STRATEGY FILE_COPY") != nil { // which is faster, from version 15 on
		s.Exec(t, create)
	}
	t.Cleanup(func() { s.Exec(t, "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)") })
	return s.Address(name, owner, Password)
}

// Address returns the address of a database, as somebody reaches it.
func (s *Server) Address(database, user, password string) string {
	u := url.URL{Scheme: "postgres", User: url.UserPassword(user, password), Host: net.JoinHostPort("127.0.0.1", strconv.Itoa(s.port)), Path: "/" + database}
	return u.String()
}

// Exec runs statements as the owner of the server, outside of any test's database.
func (s *Server) Exec(t testing.TB, query string) {
	t.Helper()
	if err := s.exec(context.Background(), query); err != nil {
		t.Errorf("%s: %v", query, err)
	}
}

func (s *Server) exec(ctx context.Context, query string) error {
	db, err := sql.Open("pgx", s.Address("postgres", owner, Password))
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = db.ExecContext(ctx, query)
	return err
}

// Cut ends every connection to a database, waits until they are gone, and lets no
// new one in, until mend is called.
func (s *Server) Cut(t testing.TB, address string) (mend func()) {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	name := strings.TrimPrefix(u.Path, "/")
	s.Exec(t, "ALTER DATABASE "+name+" ALLOW_CONNECTIONS false")
	s.Exec(t, fmt.Sprintf("SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = '%s'", name))
	return func() { s.Exec(t, "ALTER DATABASE "+name+" ALLOW_CONNECTIONS true") }
}

// Stop ends the server and removes its files.
func (s *Server) Stop() {
	if s.process != nil {
		close(s.end)
		<-s.ended
	}
	if s.dir != "" {
		_ = os.RemoveAll(s.dir)
	}
}

func (s *Server) start() {
	if s.bin, s.err = findServer(); s.err != nil {
		return
	}
	if s.dir, s.err = makeFolder(); s.err != nil {
		return
	}
	credential, err := unprivileged(s.dir)
	if err == nil {
		err = s.initialise(credential)
	}
	if err == nil {
		err = s.launch(credential)
	}
	s.err = err
}

// makeFolder makes the server's folder, in memory if it can be: most of the time of
// a test goes into making its database.
func makeFolder() (string, error) {
	const name = "tocsin-postgres-"
	if dir, err := os.MkdirTemp("/dev/shm", name); err == nil {
		return dir, nil
	}
	return os.MkdirTemp("", name)
}

// findServer returns the folder of the server's programs. Distributions keep them
// off the path.
func findServer() (string, error) {
	if path, err := exec.LookPath("postgres"); err == nil {
		if path, err = filepath.EvalSymlinks(path); err == nil {
			return filepath.Dir(path), nil
		}
	}
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/postgres")
	if len(found) == 0 {
		return "", errors.New("no server is installed (Debian: apt-get install postgresql)")
	}
	return filepath.Dir(found[len(found)-1]), nil
}

// unprivileged returns a user for the server, which refuses to be root's, and
// gives it the folder. Without root's rights it is the user of the test.
func unprivileged(dir string) (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	nobody, err := user.Lookup("nobody")
	if err != nil {
		return nil, err
	}
	uid, err := strconv.ParseUint(nobody.Uid, 10, 32)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.ParseUint(nobody.Gid, 10, 32)
	if err != nil {
		return nil, err
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, os.Chown(dir, int(uid), int(gid))
}

func (s *Server) initialise(credential *syscall.Credential) error {
	secret := filepath.Join(s.dir, "password")
	if err := os.WriteFile(secret, []byte(Password+"\n"), 0o644); err != nil {
		return err
	}
	cmd := exec.Command(filepath.Join(s.bin, "initdb"), "--no-sync", "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C",
		"--username="+owner, "--pwfile="+secret, "--pgdata="+filepath.Join(s.dir, "data"))
	cmd.Dir = s.dir
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C", "TZ=UTC"}
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: credential}
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w: %s", err, out)
	}
	return nil
}

// launch starts the server and waits until it answers. It ends with this process,
// however that ends: the kernel sees to it, as long as the thread that started it
// lives.
func (s *Server) launch(credential *syscall.Credential) error {
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	s.port = free.Addr().(*net.TCPAddr).Port
	if err := free.Close(); err != nil {
		return err
	}
	log, err := os.Create(filepath.Join(s.dir, "log"))
	if err != nil {
		return err
	}
	defer log.Close()
	args := []string{"-D", filepath.Join(s.dir, "data"), "-p", strconv.Itoa(s.port), "-k", s.dir}
	for _, setting := range []string{
		"listen_addresses=127.0.0.1", "max_connections=200", "shared_buffers=32MB",
		"fsync=off", "full_page_writes=off", "synchronous_commit=off", "wal_level=minimal", "max_wal_senders=0", "autovacuum=off", // nothing outlives it
	} {
		args = append(args, "-c", setting)
	}
	cmd := exec.Command(filepath.Join(s.bin, "postgres"), args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = s.dir, log, log
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C", "TZ=UTC"}
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: credential, Pdeathsig: syscall.SIGQUIT, Setpgid: true}
	s.end, s.ended = make(chan struct{}), make(chan struct{})
	began := make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		defer close(s.ended)
		err := cmd.Start()
		began <- err
		if err != nil {
			return
		}
		<-s.end
		_ = cmd.Process.Signal(syscall.SIGQUIT)
		_ = cmd.Wait()
	}()
	if err := <-began; err != nil {
		return err
	}
	s.process = cmd.Process
	return s.await()
}

func (s *Server) await() error {
	ctx, cancel := context.WithTimeout(context.Background(), startTime)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		err := s.exec(ctx, "SELECT 1")
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			text, _ := os.ReadFile(filepath.Join(s.dir, "log"))
			return fmt.Errorf("the server does not answer: %w: %s", err, text)
		case <-tick.C:
		}
	}
}
