/* The executable of an archive: loads the Python beside it and runs the plugin, in this one process.
 *
 * A script would need a shell, could not follow the link that krew makes, and would take longer to start; on Windows it
 * could not be linked at all. PYTHON_LIBRARY, START and NEEDS come from launcher.py. */

#include <stdio.h>
#include <stdlib.h>

#ifdef _WIN32

#include <wchar.h>
#include <windows.h>

#define LONGEST 32768
#define WIDE_(text) L##text
#define WIDE(text) WIDE_(text)

/* The folder of this program, through links, without the \\?\ that not everything understands. */
static wchar_t *folder(void) {
    static wchar_t path[LONGEST], named[LONGEST];
    if (!GetModuleFileNameW(NULL, named, LONGEST)) return NULL;
    HANDLE file = CreateFileW(named, 0, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
    if (file == INVALID_HANDLE_VALUE) return NULL;
    DWORD length = GetFinalPathNameByHandleW(file, path, LONGEST, FILE_NAME_NORMALIZED);
    CloseHandle(file);
    wchar_t *end = length && length < LONGEST ? wcsrchr(path, L'\\') : NULL;
    if (!end) return NULL;
    *end = 0;
    return wcsncmp(path, L"\\\\?\\", 4) || !wcsncmp(path, L"\\\\?\\UNC\\", 8) ? path : path + 4;
}

int wmain(int argc, wchar_t **argv) {
    static wchar_t library[LONGEST];
    wchar_t *root = folder();
    if (!root || _snwprintf(library, LONGEST, L"%ls\\%ls", root, WIDE(PYTHON_LIBRARY)) < 0) {
        fputs("error: cannot find the folder of this program\n", stderr);
        return 1;
    }
    HMODULE python = LoadLibraryExW(library, NULL, LOAD_WITH_ALTERED_SEARCH_PATH);
    int (*run)(int, wchar_t **) = python ? (int (*)(int, wchar_t **))(void *)GetProcAddress(python, "Py_Main") : NULL;
    if (!run) {
        fprintf(stderr, "error: cannot load %ls: Windows error %lu\n", library, GetLastError());
        return 1;
    }
    wchar_t *own[] = {library, L"-I", L"-S", L"-c", WIDE(START), root};
    int count = sizeof own / sizeof *own;
    wchar_t **all = calloc(count + argc + 1, sizeof *all);
    if (!all) return 1;
    for (int i = 0; i < count; i++) all[i] = own[i];
    for (int i = 0; i < argc; i++) all[count + i] = argv[i];
    return run(count + argc, all);
}

#else

#include <dlfcn.h>
#include <limits.h>
#include <string.h>
#ifdef __APPLE__
#include <mach-o/dyld.h>
#else
#include <sys/auxv.h>
#endif

/* How this program was named when it was started. Not by /proc, which need not be there. */
static const char *started(void) {
#ifdef __APPLE__
    static char path[PATH_MAX];
    uint32_t size = sizeof path;
    return _NSGetExecutablePath(path, &size) ? NULL : path;
#else
    return (const char *)getauxval(AT_EXECFN);
#endif
}

int main(int argc, char **argv) {
    char root[PATH_MAX], library[2 * PATH_MAX], program[2 * PATH_MAX];
    const char *path = started();
    char *end = path && realpath(path, root) ? strrchr(root, '/') : NULL;
    if (!end) {
        fputs("error: cannot find the folder of this program\n", stderr);
        return 1;
    }
    *end = 0;
    snprintf(library, sizeof library, "%s/%s", root, PYTHON_LIBRARY);
    /* Python finds its modules from the place of its executable, be there one or not. */
    snprintf(program, sizeof program, "%s/python/bin/python", root);
    void *python = dlopen(library, RTLD_NOW | RTLD_GLOBAL);
    int (*run)(int, char **) = python ? (int (*)(int, char **))dlsym(python, "Py_BytesMain") : NULL;
    if (!run) {
        fprintf(stderr, "error: cannot load Python: %s\n%s", dlerror(), NEEDS);
        return 1;
    }
    char *own[] = {program, "-I", "-S", "-c", START, root};
    int count = sizeof own / sizeof *own;
    char **all = calloc(count + argc + 1, sizeof *all);
    if (!all) return 1;
    for (int i = 0; i < count; i++) all[i] = own[i];
    for (int i = 0; i < argc; i++) all[count + i] = argv[i];
    return run(count + argc, all);
}

#endif
